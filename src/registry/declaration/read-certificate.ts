import { isScalar } from 'yaml'
import { CertificateFileError, readCertificate, type CertificateFacts } from './certificate-file.js'
import { fieldPlace, report, type YamlPlace } from './yaml-place.js'
import { text, textWhere, type Read } from './yaml-values.js'

const remedy = 'Give one X.509 certificate in PEM or DER.'

function facts(at: YamlPlace, bytes: Uint8Array): CertificateFacts | undefined {
  try {
    return readCertificate(bytes)
  } catch (error) {
    if (!(error instanceof CertificateFileError)) throw error
    report(at, error.message, remedy)
    return undefined
  }
}

/** A certificate in a file beside the declaration. */
export const certificateFile: Read<CertificateFacts> = (at) => {
  const path = text(at)
  if (path === undefined) return undefined
  let bytes: Uint8Array
  try {
    bytes = at.source.readFile(path)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    report(at, `the file cannot be read (${reason})`, 'Paths are relative to the declaration.')
    return undefined
  }
  return facts(at, bytes)
}

/** A certificate written into the declaration itself. */
export const certificatePem: Read<CertificateFacts> = (at) => {
  const pem = isScalar(at.node) ? String(at.node.value) : ''
  if (pem.includes('-----BEGIN ')) return facts(at, Buffer.from(pem, 'latin1'))
  report(at, 'is not PEM', 'Write "|" and the PEM lines below it, indented.')
  return undefined
}

/** base64url SHA-256 of a registered certificate's DER. */
export const thumbprint = textWhere(
  (value) => /^[A-Za-z0-9_-]{43}$/.test(value),
  'is no thumbprint',
  'Write the base64url SHA-256 of the DER, 43 characters.',
)

/** Reports unless exactly one of these fields is there, and one that proved unreadable counts. */
export function exactlyOne(at: YamlPlace, keys: readonly string[]): boolean {
  const given = keys.filter((key) => fieldPlace(at, key).node !== undefined)
  if (given.length === 1) return true
  report(at, `must have one of ${keys.join(', ')}`, `Give one of them, not ${given.length}.`)
  return false
}
