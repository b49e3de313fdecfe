import { isOfBus } from '../../mediation/header-blocks.js'
import { ContractError } from '../contract-error.js'
import type { ContractFolder } from '../contract-files.js'
import { settingsFile } from '../contract-settings.js'
import { loadContract, type ServiceContract } from '../load-contract.js'
import { checkControl } from './check-control.js'
import { compareFields } from './compare-fields.js'
import { fieldsOf } from './contract-fields.js'
import type { Field } from './field.js'
import { finding, type Finding } from './finding.js'
import { lintFields, lintPersonalData } from './lint-fields.js'
import { runSamples, type SampleOutcome } from './run-samples.js'
import { checkProfile } from './wsi-profile.js'

/** What a check of a contract's folder found. */
export interface ContractReport {
  /** Undefined where the contract cannot be read. */
  readonly contract: ServiceContract | undefined
  readonly findings: readonly Finding[]
  readonly samples: readonly SampleOutcome[]
}

/**
 * Looks at a contract as its agency would before it applies: all that registration refuses, what is worth a look,
 * its samples, and what would break systems that work with an older version.
 * @param against - the folder of the version before
 */
export async function checkContract(
  folder: ContractFolder,
  against?: ContractFolder,
): Promise<ContractReport> {
  const { contract, findings } = await loaded(folder)
  const profile = checkProfile(folder.files)
  if (!contract) return { contract, findings: [...findings, ...profile], samples: [] }
  const fields = fieldsOf(contract)
  const { description } = contract.settings
  const samples = runSamples(contract, folder.samples)
  return {
    contract,
    samples,
    findings: [
      ...profile,
      ...lintFields(fields, description),
      ...lintPersonalData(fields, contract.settings),
      ...lintDocumentation(contract),
      ...lintHeaders(contract),
      ...samplesOf(samples),
      ...(against ? await comparison(contract, fields, against) : []),
    ],
  }
}

async function loaded({
  files,
}: ContractFolder): Promise<Pick<ContractReport, 'contract' | 'findings'>> {
  try {
    const contract = await loadContract(files)
    checkControl(contract)
    return { contract, findings: [] }
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    const findings = error.problems.map(({ file, line, text }) =>
      finding('error', 'registration', file, text, line),
    )
    return { contract: undefined, findings }
  }
}

function lintDocumentation({ description, settings }: ServiceContract): Finding[] {
  if (description.protocol !== 'rest') return []
  return description.openApi.operations
    .filter(({ summary }) => summary === '')
    .map(({ operationId }) => {
      const az = `${operationId}: izahı (summary) yoxdur`
      const text = { az, en: `${operationId}: it has no summary` }
      return finding('warning', 'documentation', settings.description, text)
    })
}

/** In a reply the Header is the bus's word: what the provider puts there stays behind. */
function lintHeaders({ description, settings }: ServiceContract): Finding[] {
  if (description.protocol !== 'soap') return []
  const { headers = [] } = description.operation.output ?? {}
  return headers
    .filter((name) => !isOfBus(name))
    .map(({ localName }) => {
      const az = `Cavabın ${localName} başlıq bloku sorğu göndərənə ötürülmür`
      const text = {
        az,
        en: `The header block ${localName} of the answer does not reach consumers`,
      }
      return finding('warning', 'header', settings.description, text)
    })
}

function samplesOf(samples: readonly SampleOutcome[]): Finding[] {
  if (samples.length === 0) {
    const az = 'samples qovluğunda nümunə yoxdur'
    const text = { az, en: 'there are no samples in the folder samples' }
    return [finding('warning', 'samples', '', text)]
  }
  return samples.flatMap(({ file, trouble }) =>
    trouble ? [finding('error', 'sample', file, trouble)] : [],
  )
}

async function comparison(
  now: ServiceContract,
  fields: readonly Field[],
  older: ContractFolder,
): Promise<Finding[]> {
  const { contract: then, findings } = await loaded(older)
  if (!then) {
    return findings.map((each) => ({ ...each, rule: 'older-version', severity: 'error' }))
  }
  return [
    ...compareTerms(then, now),
    ...compareFields(fieldsOf(then), fields, now.settings.description),
  ]
}

/** What is around the messages. */
function compareTerms(then: ServiceContract, now: ServiceContract): Finding[] {
  const findings: Finding[] = []
  const told = (az: string, en: string): void => {
    findings.push(finding('breaking', 'breaking-change', settingsFile, { az, en }))
  }
  if (then.description.protocol !== now.description.protocol) {
    told('Təsvirin növü dəyişib', 'The description is of another kind')
  }
  if (then.settings.pattern !== now.settings.pattern) {
    told('pattern dəyişib', 'pattern has changed')
  }
  if (then.settings.idempotent && !now.settings.idempotent) {
    const az = 'Xidmət artıq idempotent deyil: sorğu təkrar göndərilə bilməz'
    told(az, 'The service is idempotent no more: a request may not be sent again')
  }
  if (then.settings.attachments !== now.settings.attachments) {
    told('Əlavələrin ötürülmə forması dəyişib', 'The form of attachments has changed')
  }
  findings.push(...compareControl(then, now))
  for (const operation of operationsOf(then)) {
    if (operationsOf(now).includes(operation)) continue
    told(`Əməliyyat götürülüb: ${operation}`, `An operation was removed: ${operation}`)
  }
  return findings
}

/**
 * No system works otherwise without control, so nothing breaks; but people rely on being told of deadlines, and none of them
 * would notice that they are not any more.
 */
function compareControl(then: ServiceContract, now: ServiceContract): Finding[] {
  const lost = (['opens', 'tells'] as const).filter(
    (part) => then.settings.control?.[part] && !now.settings.control?.[part],
  )
  return lost.map((part) => {
    const az = `control.${part} götürülüb: bu xidmət üzrə icraya artıq nəzarət edilməyəcək`
    const en = `control.${part} was removed: execution will not be controlled any more`
    return finding('warning', 'control', settingsFile, { az, en })
  })
}

/** How a consumer names them: by method and path; by the element in the Body, and its action. */
function operationsOf({ description }: ServiceContract): string[] {
  if (description.protocol === 'rest') {
    return description.openApi.operations.map(({ method, path }) => `${method} ${path}`)
  }
  if (description.protocol === 'messages') return []
  const { input, soapAction = '' } = description.operation
  const { namespace, localName } = input.body.name
  return [`{${namespace}}${localName} "${soapAction}"`]
}
