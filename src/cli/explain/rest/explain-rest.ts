import { readCertificate, readInput, type NamedCertificate } from '../../command-files.js'
import type { FileCommandIo } from '../../command-io.js'
import type { Capture } from '../capture.js'
import { checkGivenChain } from '../chain.js'
import type { ExplainOptions } from '../options.js'
import type { Explanation } from '../report.js'
import { examine } from './examine.js'
import { firstDifference } from './first-difference.js'
import { likelyMistake } from './likely-mistake.js'
import { keyIdOf, missingOf } from './missing.js'
import { RestChecks } from './rest-checks.js'

/** Explains a captured request of the REST lane. @throws UsageError */
export async function explainRest(
  capture: Capture,
  options: ExplainOptions,
  io: FileCommandIo,
): Promise<Explanation> {
  const { certificateFile, at, baseFile } = options
  const given =
    certificateFile === undefined ? undefined : await readCertificate(certificateFile, io)
  const theirs = baseFile === undefined ? undefined : await readInput(baseFile, io)
  const checks = new RestChecks()
  const content = examine(capture, given, options, checks)
  await checkGivenChain(options, checks, io)
  const signatureBase = checks.fact('base')
  const facts = {
    signatureBase,
    firstDifference:
      theirs && signatureBase !== undefined
        ? firstDifference(signatureBase, theirs.toString('latin1'))
        : undefined,
    likelyMistake: content && mistakeIn(content, given, checks),
  }
  return {
    kind: 'request',
    subject: `${capture.content.method} ${capture.content.target}, ${capture.payload.length} bytes of body`,
    at,
    captureNotes: capture.notes,
    checks: checks.list,
    missing: missingOf(options, content && keyIdOf(content, checks.fact('label'))),
    facts,
    details: signatureBase === undefined ? [] : baseLines(signatureBase),
    hints: hintsOf(facts),
    accepted: {
      en: 'Whether the sender may call the service, the registry says.',
      az: 'sorğu qəbul edilir. Göndərənin bu xidmətə giriş icazəsi reyestr üzrə yoxlanılır.',
    },
  }
}

function baseLines(base: string): string[] {
  return [
    `Signature base: ${base.length} bytes, lines end in LF, no line feed after the last one.`,
    ...base.split('\n').map((line) => `  | ${line}`),
  ]
}

function hintsOf({
  firstDifference: difference,
  likelyMistake: mistake,
}: {
  readonly firstDifference: string | undefined
  readonly likelyMistake: string | undefined
}): string[] {
  const hints = difference === undefined ? [] : [difference]
  return mistake === undefined ? hints : [...hints, `Likely mistake: ${mistake}`]
}

function mistakeIn(
  content: Parameters<typeof likelyMistake>[0]['content'],
  given: NamedCertificate | undefined,
  checks: RestChecks,
): string | undefined {
  const [label, base] = [checks.fact('label'), checks.fact('base')]
  if (!given || label === undefined || base === undefined) return undefined
  if (!checks.hasFault('verification')) return undefined
  return likelyMistake({ content, label, base, publicKey: given.publicKey })
}
