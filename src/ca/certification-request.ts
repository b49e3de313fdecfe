import type { KeyObject } from 'node:crypto'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import {
  contentOf,
  contextTag,
  DerError,
  derTag,
  enterOnly,
  enterValue,
  rawOf,
  type DerReader,
  type DerValue,
} from '../trust/x509/der.js'
import { oidOf, smallNaturalOf } from '../trust/x509/der-values.js'
import { extensionIds, readExtensions, type Extensions } from '../trust/x509/extensions.js'
import { readName, type Name } from '../trust/x509/name.js'
import {
  isSignatureOf,
  nextSigned,
  publicKeyFrom,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from '../trust/x509/signature.js'
import { CaError } from './ca-error.js'
import { certificationRequestBytesMax } from './limits.js'

/** A certificate request (PKCS #10, RFC 2986) whose sender has shown that the key is theirs. */
export interface CertificationRequest {
  readonly der: Buffer
  /** What its sender would like to be called; the certificate says what the registry says. */
  readonly subject: Name
  readonly publicKey: KeyObject
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Buffer
}

/**
 * Reads a request in PEM or DER and verifies it: its signature, its key by the bus's policy, and that it wants
 * nothing that the certificate will not have.
 * @throws CaError REQUEST_MALFORMED, PRIVATE_KEY_SENT, KEY_REFUSED, PROOF_OF_POSSESSION, EXTENSION_REFUSED
 */
export function readCertificationRequest(bytes: Uint8Array): CertificationRequest {
  try {
    return verified(parse(derOf(bytes)))
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw malformed(error.message)
  }
}

function malformed(why: string): CaError {
  return new CaError('REQUEST_MALFORMED', `This is no PKCS #10 certificate request: ${why}.`)
}

const begin = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----/
const whole =
  /^[^-]*-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END \1?CERTIFICATE REQUEST-----\s*$/

function derOf(bytes: Uint8Array): Buffer {
  if (bytes.length > certificationRequestBytesMax) {
    throw malformed(`it has more than ${certificationRequestBytesMax} bytes`)
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = file.toString('latin1')
  if (/PRIVATE KEY/i.test(text)) {
    throw new CaError(
      'PRIVATE_KEY_SENT',
      'A private key was sent, which must never leave its system: it counts as compromised now. Make another one and send its request alone.',
    )
  }
  if (file[0] === 0x30) return file
  const base64 = begin.test(text) ? whole.exec(text)?.[2] : undefined
  if (base64 === undefined) throw malformed('it is neither DER nor one block of PEM')
  return Buffer.from(base64, 'base64')
}

interface ParsedRequest {
  readonly der: Buffer
  readonly info: Buffer
  readonly subject: Name
  readonly spki: Buffer
  readonly extensions: Extensions
  readonly signatureAlgorithm: SignatureAlgorithm
  readonly signature: Buffer
}

/** RFC 2986 §4. @throws DerError */
function parse(der: Buffer): ParsedRequest {
  const request = enterOnly(der, derTag.sequence)
  const { signed: info, algorithm, signature } = nextSigned(request)
  request.finish()
  const inside = enterValue(info)
  if (smallNaturalOf(inside.next(derTag.integer)) !== 0) {
    throw new DerError('it has an unknown version')
  }
  const subject = readName(inside)
  const spki = rawOf(inside.next(derTag.sequence))
  const attributes = inside.optional(contextTag(0, 'constructed'))
  inside.finish()
  return {
    der,
    info: rawOf(info),
    subject,
    spki,
    extensions: attributes ? wishedExtensions(enterValue(attributes)) : new Map(),
    signatureAlgorithm: readSignatureAlgorithm(enterValue(algorithm)),
    signature,
  }
}

const extensionRequest = '1.2.840.113549.1.9.14'
const attributesMax = 16

/** The extensionRequest attribute (RFC 2985 §5.4.2); others, such as challengePassword, mean nothing here. */
function wishedExtensions(attributes: DerReader): Extensions {
  let wished: Extensions | undefined
  for (let read = 0; !attributes.done; read += 1) {
    if (read >= attributesMax) throw new DerError('there are too many attributes')
    const attribute = attributes.enter(derTag.sequence)
    const type = oidOf(attribute.next(derTag.oid))
    const values = attribute.next(derTag.set)
    attribute.finish()
    if (type !== extensionRequest) continue
    if (wished) throw new DerError('it asks for extensions twice')
    wished = onlyValue(values)
  }
  return wished ?? new Map()
}

function onlyValue(values: DerValue): Extensions {
  const inside = enterValue(values)
  const extensions = readExtensions(inside)
  inside.finish()
  return extensions
}

/** Extensions that the bus decides upon itself, so that it does not matter what a request says of them. */
const decided: ReadonlySet<string> = new Set([
  extensionIds.subjectKeyIdentifier,
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.basicConstraints,
  extensionIds.extendedKeyUsage,
])

function verified(parsed: ParsedRequest): CertificationRequest {
  const { der, subject, spki, signatureAlgorithm, signature, info } = parsed
  const publicKey = publicKeyFrom(spki)
  if (!publicKey) throw new CaError('KEY_REFUSED', 'The key of the request cannot be read.')
  const weakness =
    strictAlgorithms.refusesKey(publicKey) ?? strictAlgorithms.refusesSignature(signatureAlgorithm)
  // No lane takes signatures of a key that is restricted to RSA-PSS (RFC 4055 §1.2).
  if (weakness !== undefined || publicKey.asymmetricKeyType === 'rsa-pss') {
    throw new CaError(
      'KEY_REFUSED',
      `The request is refused: ${weakness ?? 'its key is for RSA-PSS only'}.`,
    )
  }
  if (!isSignatureOf(publicKey, signatureAlgorithm, info, signature)) {
    throw new CaError(
      'PROOF_OF_POSSESSION',
      'The signature of the request was not made with the key that it asks a certificate for.',
    )
  }
  checkWishes(parsed.extensions)
  return { der, subject, spki, publicKey }
}

function checkWishes(extensions: Extensions): void {
  for (const [id, { critical, value }] of extensions) {
    if (critical && !decided.has(id)) {
      throw new CaError(
        'EXTENSION_REFUSED',
        `The request insists on the extension ${id}, which no certificate here has.`,
      )
    }
    if (id === extensionIds.basicConstraints && saysAuthority(value)) {
      throw new CaError('EXTENSION_REFUSED', 'The request is for the certificate of an authority.')
    }
  }
}

function saysAuthority(value: Buffer): boolean {
  const flag = enterOnly(value, derTag.sequence).optional(derTag.boolean)
  return flag !== undefined && contentOf(flag)[0] !== 0
}
