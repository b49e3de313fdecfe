import { Fault } from '../../exchange/fault.js'
import type { MqEnvelopeValue, MqSignatureType } from '../../exchange/signers.js'
import { JsonError } from '../../json/json-error.js'
import { JsonNumber, type JsonObject, type JsonValue } from '../../json/json-value.js'
import { readJson } from '../../json/read-json.js'
import type { SignatureScheme } from '../http-signature/algorithms.js'
import { schemeOf } from './algorithms.js'
import { invalidSignature } from './detached-jws.js'

/** The protected header of a message's signature, read and not verified. */
export interface ProtectedHeader {
  readonly scheme: SignatureScheme
  /** base64url SHA-256 of the certificate's DER: `x5t#S256` (RFC 7515 §4.1.8). */
  readonly thumbprint: string
  /** When it was signed: `iat`, seconds since 1970. */
  readonly issuedAt: number
  readonly contentType: string | undefined
  readonly envelope: MqEnvelope
}

/** What a signature says of its message: the member `env`. */
export type MqEnvelope = ReadonlyMap<string, MqEnvelopeValue>

const names: ReadonlySet<string> = new Set([
  ...['alg', 'b64', 'crit', 'typ', 'x5t#S256', 'iat', 'cty', 'env'],
])
const thumbprintPattern = /^[A-Za-z0-9_-]{43}$/
const publicName = /^[\x21-\x7e]{1,40}$/

/**
 * Reads a protected header as strictly as it is described: each member once, and no others. So no key that a message
 * brings along (`jwk`, `x5c`, `jku`, `x5u`), no `kid` and no extension that somebody else would understand can mean
 * anything (RFC 7515 §4.1.11).
 * @param type - what the message is for: a signature made for something else proves nothing here
 * @throws Fault SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CERT_UNKNOWN
 */
export function readProtectedHeader(octets: Uint8Array, type: MqSignatureType): ProtectedHeader {
  const header = objectIn(octets)
  for (const name of header.keys()) {
    if (names.has(name)) continue
    const detail = 'The protected header has a member that the bus does not know.'
    throw publicName.test(name) ? invalidSignature(detail, name) : invalidSignature(detail)
  }
  checkPayloadForm(header)
  if (header.get('typ') !== type) throw invalidSignature(`The member typ must be ${type}.`, 'typ')
  return {
    scheme: schemeIn(header.get('alg')),
    thumbprint: thumbprintIn(header.get('x5t#S256')),
    issuedAt: issuedAtIn(header.get('iat')),
    contentType: contentTypeIn(header.get('cty')),
    envelope: envelopeIn(header.get('env')),
  }
}

function objectIn(octets: Uint8Array): JsonObject {
  let value: JsonValue
  try {
    value = readJson(octets)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw invalidSignature(`The protected header is no JSON that the bus reads: ${error.message}.`)
  }
  if (value instanceof Map) return value as JsonObject
  throw invalidSignature('The protected header is no JSON object.')
}

/** RFC 7797 §3 and §6: the payload is not encoded, and who does not know that must not verify. */
function checkPayloadForm(header: JsonObject): void {
  if (header.get('b64') !== false) throw invalidSignature('The member b64 must be false.', 'b64')
  const crit = header.get('crit')
  if (Array.isArray(crit) && crit.length === 1 && crit[0] === 'b64') return
  throw invalidSignature('The member crit must be ["b64"].', 'crit')
}

function schemeIn(alg: JsonValue | undefined): SignatureScheme {
  if (typeof alg !== 'string') throw invalidSignature('The member alg must be a text.', 'alg')
  const scheme = schemeOf(alg)
  if (scheme) return scheme
  throw new Fault('ALGORITHM_FORBIDDEN', {
    field: 'alg',
    detail: 'The member alg must be one of RS256 to RS512, PS256 to PS512, ES256, ES384, EdDSA.',
  })
}

function thumbprintIn(value: JsonValue | undefined): string {
  if (typeof value === 'string' && thumbprintPattern.test(value)) return value
  throw new Fault('CERT_UNKNOWN', {
    field: 'x5t#S256',
    detail: "x5t#S256 must be the base64url SHA-256 of the certificate's DER, without padding.",
  })
}

function issuedAtIn(value: JsonValue | undefined): number {
  const seconds = integerOf(value)
  if (seconds !== undefined) return seconds
  throw invalidSignature('The member iat must be a whole number of seconds since 1970.', 'iat')
}

function contentTypeIn(value: JsonValue | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw invalidSignature('The member cty must be a text.', 'cty')
}

function envelopeIn(value: JsonValue | undefined): MqEnvelope {
  if (!(value instanceof Map)) throw invalidSignature('The member env must be an object.', 'env')
  const envelope = new Map<string, MqEnvelopeValue>()
  for (const [name, member] of value as JsonObject) {
    const known = envelopeValueOf(member)
    if (known === undefined) {
      const detail = 'The member env must hold texts, whole numbers and lists of texts only.'
      throw invalidSignature(detail, 'env')
    }
    envelope.set(name, known)
  }
  return envelope
}

function envelopeValueOf(value: JsonValue): MqEnvelopeValue | undefined {
  if (typeof value === 'string') return value
  if (value instanceof JsonNumber) return integerOf(value)
  if (!Array.isArray(value)) return undefined
  const list: readonly JsonValue[] = value
  return list.every((item) => typeof item === 'string') ? list : undefined
}

const integerPattern = /^(?:0|[1-9][0-9]{0,14})$/

/** 0 or above, and exact as a number. */
function integerOf(value: JsonValue | undefined): number | undefined {
  return value instanceof JsonNumber && integerPattern.test(value.text)
    ? Number(value.text)
    : undefined
}
