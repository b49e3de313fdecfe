import { serialText } from '../trust/x509/certificate.js'
import { pathFault } from '../trust/x509/path-fault.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { readChainFile, readTrustFiles } from './trust-files.js'
import { judgeCertificate, type CertificateVerdict } from './trust-verify-judge.js'
import { usage, readOptions, type Options } from './trust-verify-options.js'
import { pathRemedy } from './trust-verify-remedies.js'

/**
 * `sluice trust verify`: says step by step why the bus would accept or refuse a certificate.
 * @returns exit code: 0 accepted, 1 refused, 2 wrong usage or a file that cannot be read
 */
export async function trustVerify(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const options = readOptions(args)
    if (options === 'help') {
      io.out(usage)
      return 0
    }
    const chain = await readChainFile(options.certificate, io)
    const verdict = judgeCertificate(chain, await readTrustFiles(options, io), options)
    const report = { ...verdict, options }
    if (options.json) io.out(JSON.stringify(jsonOf(report), undefined, 2))
    else for (const line of linesOf(report)) io.out(line)
    return report.error ? 1 : 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

interface Report extends CertificateVerdict {
  readonly options: Options
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
    const remedy = pathRemedy(error.reason)
    yield `What to do: ${remedy.en}`
    yield `Qərar: rədd edilir. ${fault.text.az}. ${remedy.az}`
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
        remedy: pathRemedy(error.reason),
        text: fault.text,
      }),
    ...(report.validated && {
      path: report.validated.path.map((each) => each.subject.text),
      validUntil: report.validated.validUntil.toISOString(),
    }),
    steps: report.steps,
  }
}
