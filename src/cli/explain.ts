import { pathFault } from '../trust/x509/path-fault.js'
import { readCertificate, readInput, type NamedCertificate } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { CaptureError, readCapture, type Capture } from './explain/capture.js'
import { Checks } from './explain/checks.js'
import { examine } from './explain/examine.js'
import { firstDifference } from './explain/first-difference.js'
import { likelyMistake } from './explain/likely-mistake.js'
import { keyIdOf, missingOf } from './explain/missing.js'
import { explainUsage, readExplainOptions, type ExplainOptions } from './explain/options.js'
import { jsonOf, textOf, verdictOf, type Explanation, type Verdict } from './explain/report.js'
import { readChainFile, readTrustFiles } from './trust-files.js'
import { judgeCertificate } from './trust-verify-judge.js'
import { revocationBy } from './trust-verify-options.js'
import { pathRemedy } from './trust-verify-remedies.js'

const exitCodes: Readonly<Record<Verdict, number>> = { accepted: 0, refused: 1, incomplete: 3 }

/**
 * `sluice explain`: takes a captured request through the bus's own checks and tells what each found.
 * @returns exit code: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read, 3 not every
 *   check could be made
 */
export async function explain(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readExplainOptions(args)
    if (options === 'help') {
      io.out(explainUsage)
      return 0
    }
    const explanation = await explanationOf(options, io)
    if (options.json) io.out(JSON.stringify(jsonOf(explanation), undefined, 2))
    else for (const line of textOf(explanation)) io.out(line)
    return exitCodes[verdictOf(explanation)]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

async function explanationOf(options: ExplainOptions, io: FileCommandIo): Promise<Explanation> {
  const { file, certificateFile, at, scheme, baseFile } = options
  const capture = capturedIn(await readInput(file, io), scheme, file)
  const given =
    certificateFile === undefined ? undefined : await readCertificate(certificateFile, io)
  const theirs = baseFile === undefined ? undefined : await readInput(baseFile, io)
  const checks = new Checks()
  const content = examine(capture, given, options, checks)
  await checkChain(options, checks, io)
  const base = checks.fact('base')
  return {
    request: `${capture.content.method} ${capture.content.target}, ${capture.payload.length} bytes of body`,
    at,
    captureNotes: capture.notes,
    checks: checks.list,
    missing: missingOf(options, content && keyIdOf(content, checks.fact('label'))),
    signatureBase: base,
    firstDifference:
      theirs && base !== undefined ? firstDifference(base, theirs.toString('latin1')) : undefined,
    likelyMistake: content && mistakeIn(content, given, checks),
  }
}

function capturedIn(bytes: Buffer, scheme: 'http' | 'https', file: string): Capture {
  try {
    return readCapture(bytes, scheme)
  } catch (error) {
    if (error instanceof CaptureError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

function mistakeIn(
  content: Parameters<typeof likelyMistake>[0]['content'],
  given: NamedCertificate | undefined,
  checks: Checks,
): string | undefined {
  const [label, base] = [checks.fact('label'), checks.fact('base')]
  if (!given || label === undefined || base === undefined) return undefined
  if (!checks.hasFault('verification')) return undefined
  return likelyMistake({ content, label, base, publicKey: given.publicKey })
}

/** The chain is `sluice trust verify`'s matter; its verdict is told here. */
async function checkChain(
  { certificateFile, chain, at }: ExplainOptions,
  checks: Checks,
  io: FileCommandIo,
): Promise<void> {
  // Files are read even where they cannot be used yet: a wrong one is told now, not next time.
  const inputs = await readTrustFiles(chain, io)
  if (certificateFile === undefined || chain.trust.length === 0) {
    checks.skip('chain', 'Give the certificate with --cert and an accepted root with --trust.')
    return
  }
  const revocation = revocationBy(chain.crl)
  const certificate = await readChainFile(certificateFile, io)
  const { error } = judgeCertificate(certificate, inputs, { at, revocation })
  checks.enters('chain')
  if (error) {
    checks.refuses(pathFault(error))
    checks.advise('chain', pathRemedy(error.reason))
    checks.note('chain', 'sluice trust verify tells every step of it.')
  } else if (revocation === 'none') {
    checks.note('chain', 'Revocation was not checked: give the lists with --crl.')
  }
}
