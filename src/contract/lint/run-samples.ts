import { parse } from 'yaml'
import { z } from 'zod'
import type { BilingualText } from '../../exchange/fault.js'
import { violation, type Violation } from '../../violation/violation.js'
import { XmlError } from '../../xml/xml-error.js'
import { samplesFolder, type ContractFiles } from '../contract-files.js'
import type { ServiceContract } from '../load-contract.js'
import { checkOtherFace, checkSample } from './check-sample.js'

/** What became of one sample. */
export interface SampleOutcome {
  readonly file: string
  /** Undefined where it came out as it should. */
  readonly trouble: BilingualText | undefined
}

/** How a bad sample breaks the contract, in the file beside it: `x.request.xml` has `x.request.expect.yaml`. */
const expectation = z.strictObject({ path: z.string(), rule: z.string().optional() })

/**
 * Runs every sample of a contract: those in `samples/good` must keep it, those in `samples/bad` must break it, and
 * where the expectation beside them says. `*.request.*` are requests, `*.reply.*` replies.
 */
export function runSamples(contract: ServiceContract, samples: ContractFiles): SampleOutcome[] {
  const outcomes: SampleOutcome[] = []
  for (const [file, bytes] of samples) {
    if (file.endsWith('.expect.yaml')) continue
    outcomes.push({ file, trouble: troubleOf(contract, file, bytes, samples) })
  }
  return outcomes
}

function troubleOf(
  contract: ServiceContract,
  file: string,
  bytes: Uint8Array,
  samples: ContractFiles,
): BilingualText | undefined {
  const kind = new RegExp(`^${samplesFolder}/(good|bad)/.*\\.(request|reply)\\.[a-z]+$`).exec(file)
  if (!kind) {
    return {
      az: 'Nümunə samples/good və ya samples/bad qovluğunda, adı *.request.* və ya *.reply.* olmalıdır',
      en: 'A sample stands in samples/good or samples/bad and is called *.request.* or *.reply.*',
    }
  }
  const side = kind[2] === 'request' ? 'request' : 'reply'
  let violations: readonly Violation[]
  try {
    violations = violationsOf(contract, side, file, bytes)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return {
      az: `XML qəbul edilmir: ${error.reason}`,
      en: `The XML is not accepted: ${error.reason}`,
    }
  }
  return kind[1] === 'good' ? ofGood(violations) : ofBad(violations, file, samples)
}

function violationsOf(
  contract: ServiceContract,
  side: 'request' | 'reply',
  file: string,
  bytes: Uint8Array,
): readonly Violation[] {
  const { description } = contract
  if (description.protocol !== 'soap' || file.endsWith('.xml')) {
    return checkSample(contract, side, bytes)
  }
  const found = checkOtherFace(description, side, bytes)
  return found ?? [violation('', 'operation', 'SOAP')]
}

function ofGood([first]: readonly Violation[]): BilingualText | undefined {
  if (!first) return undefined
  const { path, text } = first
  return {
    az: `Yaxşı nümunə təsvirə uyğun deyil: ${path}: ${text.az}`,
    en: `The good sample breaks the contract: ${path}: ${text.en}`,
  }
}

function ofBad(
  violations: readonly Violation[],
  file: string,
  samples: ContractFiles,
): BilingualText | undefined {
  if (violations.length === 0) {
    return { az: 'Pis nümunə təsvirə uyğundur', en: 'The bad sample keeps the contract' }
  }
  const beside = samples.get(file.replace(/\.[a-z]+$/, '.expect.yaml'))
  if (!beside) return undefined
  // All values are texts: the rule `null` is one.
  const said: unknown = parse(Buffer.from(beside).toString(), { schema: 'failsafe' })
  const read = expectation.safeParse(said)
  if (!read.success) {
    const az = '.expect.yaml faylında path və rule olmalıdır'
    return { az, en: 'The file .expect.yaml must have path, and may have rule' }
  }
  const { path, rule } = read.data
  const isThere = violations.some(
    (each) => each.path === path && (rule === undefined || each.rule === rule),
  )
  if (isThere) return undefined
  const found = violations.map((each) => `${each.path} (${each.rule})`).join(', ')
  return {
    az: `Gözlənilən pozuntu tapılmadı: ${path}; tapılan: ${found}`,
    en: `It does not break the contract at ${path}, but at ${found}`,
  }
}
