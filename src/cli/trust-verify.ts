import { createHash } from 'node:crypto'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import { parseCertificate, serialText, type Certificate } from '../trust/x509/certificate.js'
import { parseRevocationList, type RevocationList } from '../trust/x509/crl.js'
import { DerError } from '../trust/x509/der.js'
import type { PathStep } from '../trust/x509/path-context.js'
import { PathError } from '../trust/x509/path-error.js'
import { pathFault } from '../trust/x509/path-fault.js'
import { derBlocks, type PemLabel } from '../trust/x509/pem.js'
import { validatePath, type ValidatedPath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { usage, readOptions, type Options } from './trust-verify-options.js'
import { pathRemedy } from './trust-verify-remedies.js'

/**
 * `sluice trust verify`: says step by step why the bus would accept or refuse a certificate.
 * @returns exit code: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read
 */
export async function trustVerify(args: string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === 'help') {
      io.out(usage)
      return 0
    }
    const report = judge(options, await readFiles(options, io))
    if (options.json) io.out(JSON.stringify(jsonOf(report), undefined, 2))
    else for (const line of linesOf(report)) io.out(line)
    return report.error ? 1 : 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

interface Files {
  readonly certificate: Buffer
  readonly anchors: readonly Certificate[]
  readonly intermediates: readonly Certificate[]
  readonly revocationLists: readonly RevocationList[]
}

async function readFiles(options: Options, io: FileCommandIo): Promise<Files> {
  const blocks = async (path: string, label: PemLabel): Promise<Buffer[]> => {
    const found = derBlocks(await readOrExplain(path, io), label)
    if (found.length === 0)
      throw new UsageError(`${path}: no ${label} in PEM or DER is in this file`)
    return found
  }
  const read = async <Value>(
    paths: readonly string[],
    label: PemLabel,
    parse: (der: Buffer) => Value,
  ): Promise<Value[]> => {
    const values: Value[] = []
    for (const path of paths) {
      for (const der of await blocks(path, label)) values.push(parseOrExplain(path, der, parse))
    }
    return values
  }
  // A chain file: its first certificate is asked about, the others may help to build the path.
  const [certificate, ...chain] = await blocks(options.certificate, 'CERTIFICATE')
  if (!certificate) throw new UsageError(usage)
  return {
    certificate,
    anchors: await read(options.trust, 'CERTIFICATE', parseCertificate),
    intermediates: [
      ...(await read(options.intermediate, 'CERTIFICATE', parseCertificate)),
      ...chain.map((der) => parseOrExplain(options.certificate, der, parseCertificate)),
    ],
    revocationLists: await read(options.crl, 'X509 CRL', parseRevocationList),
  }
}

async function readOrExplain(path: string, io: FileCommandIo): Promise<Buffer> {
  try {
    return await io.readFile(path)
  } catch (error) {
    throw new UsageError(`${path}: cannot be read (${(error as Error).message})`)
  }
}

function parseOrExplain<Value>(path: string, der: Buffer, parse: (der: Buffer) => Value): Value {
  try {
    return parse(der)
  } catch (error) {
    if (error instanceof DerError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}

interface Report {
  readonly options: Options
  readonly thumbprint: string
  readonly certificate: Certificate | undefined
  readonly steps: readonly PathStep[]
  readonly validated: ValidatedPath | undefined
  readonly error: PathError | undefined
}

function judge(options: Options, files: Files): Report {
  const steps: PathStep[] = []
  const thumbprint = createHash('sha256').update(files.certificate).digest('base64url')
  let certificate: Certificate | undefined
  try {
    certificate = parseCertificate(files.certificate)
    const validated = validatePath({
      certificate,
      trust: makeTrustStore({ ...files, revocationPolicy: () => options.revocation }),
      at: options.at,
      algorithms: strictAlgorithms,
      onStep: (step) => steps.push(step),
    })
    return { options, thumbprint, certificate, steps, validated, error: undefined }
  } catch (error) {
    const refusal = refusalOf(error)
    const { subject, section, message: text } = refusal
    steps.push({ outcome: 'failed', subject, section, text })
    return { options, thumbprint, certificate, steps, validated: undefined, error: refusal }
  }
}

function refusalOf(error: unknown): PathError {
  if (error instanceof PathError) return error
  if (!(error instanceof DerError)) throw error
  const text = `The certificate cannot be read: ${error.message}.`
  return new PathError('malformed', 'the certificate', '4.1', text)
}

const marks = { passed: 'ok  ', note: '    ', failed: 'FAIL' } as const

function* linesOf(report: Report): Generator<string> {
  const { certificate, options, steps, error, validated } = report
  if (certificate) {
    yield `Certificate    ${certificate.subject.text}`
    yield `Issued by      ${certificate.issuer.text}`
    yield `Serial number  ${serialText(certificate)}`
  }
  yield `Thumbprint     ${report.thumbprint}`
  yield `Checked at     ${options.at.toISOString()}`
  yield ''
  for (const { outcome, subject, section, text } of steps) {
    yield `${marks[outcome]}  ${subject}: ${text}${section === '' ? '' : ` [RFC 5280 §${section}]`}`
  }
  yield ''
  if (error) {
    const fault = pathFault(error)
    yield `REFUSED  ${fault.code}: ${error.subject}: ${error.message}`
    yield `What to do: ${pathRemedy(error.reason)}`
    yield `Qərar: rədd edilir. ${fault.text.az}. ${fault.remedy.az}`
  } else if (validated) {
    yield `ACCEPTED  The certificate may sign messages; this holds until ${validated.validUntil.toISOString()}.`
    yield 'Qərar: sertifikat qəbul edilir.'
  }
}

function jsonOf({ certificate, error, ...report }: Report): unknown {
  const fault = error && pathFault(error)
  return {
    accepted: error === undefined,
    at: report.options.at.toISOString(),
    certificate: {
      thumbprint: report.thumbprint,
      ...(certificate && {
        subject: certificate.subject.text,
        issuer: certificate.issuer.text,
        serialNumber: serialText(certificate),
        notBefore: certificate.notBefore.toISOString(),
        notAfter: certificate.notAfter.toISOString(),
      }),
    },
    ...(error &&
      fault && {
        fault: fault.code,
        side: fault.side,
        reason: error.reason,
        about: error.subject,
        section: error.section,
        message: error.message,
        remedy: { en: pathRemedy(error.reason), az: fault.remedy.az },
        text: fault.text,
      }),
    ...(report.validated && {
      path: report.validated.path.map((each) => each.subject.text),
      validUntil: report.validated.validUntil.toISOString(),
    }),
    steps: report.steps,
  }
}
