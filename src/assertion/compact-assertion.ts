import { JsonError } from '../json/json-error.js'
import type { JsonObject } from '../json/json-value.js'
import { readJson } from '../json/read-json.js'
import { assertionCharsMax } from '../limits/persons.js'
import { schemeOf } from '../trust/jws/algorithms.js'
import type { SignatureScheme } from '../trust/http-signature/algorithms.js'
import { assertionFault } from './assertion-fault.js'

/** The member `typ` of an assertion's header: no token made for something else passes for one. */
export const assertionType = 'sluice-user+jwt'

/** A user assertion taken apart. Nothing of it is verified. */
export interface CompactAssertion {
  readonly scheme: SignatureScheme
  /** base64url SHA-256 of the DER of the certificate that it names: `x5t#S256` (RFC 7515 §4.1.8). */
  readonly thumbprint: string
  readonly claims: JsonObject
  /** What the signature is over (RFC 7515 §5.1 step 8). */
  readonly signed: Buffer
  readonly signature: Buffer
}

const headerNames: ReadonlySet<string> = new Set(['alg', 'typ', 'x5t#S256'])
const thumbprintPattern = /^[A-Za-z0-9_-]{43}$/

/**
 * Takes a compact JWS apart (RFC 7515 §7.1), and puts up with nothing: three parts in base64url without padding or
 * stray bits, strict JSON in the first two, and in the header `alg`, `typ` and `x5t#S256`, each once and nothing else. So
 * no key that the token brings along, no `crit` and no `b64` can mean anything.
 * @throws Fault ASSERTION_INVALID
 */
export function readCompactAssertion(text: string): CompactAssertion {
  if (text.length > assertionCharsMax) {
    throw assertionFault(`An assertion has at most ${assertionCharsMax} characters.`)
  }
  const [header, payload, signature, ...others] = text.split('.', 4)
  if (header === undefined || payload === undefined || signature === undefined || others.length > 0)
    throw assertionFault('An assertion is a compact JWS: three parts with dots between them.')
  return {
    ...headerIn(objectIn(header, 'header')),
    claims: objectIn(payload, 'payload'),
    signed: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: octetsOf(signature, 'signature'),
  }
}

function headerIn(header: JsonObject): Pick<CompactAssertion, 'scheme' | 'thumbprint'> {
  for (const name of header.keys()) {
    if (!headerNames.has(name)) {
      throw assertionFault('The header of the assertion has a member that the bus does not know.')
    }
  }
  if (header.get('typ') !== assertionType) {
    throw assertionFault(`The member typ must be ${assertionType}.`, 'typ')
  }
  const alg = header.get('alg')
  const scheme = typeof alg === 'string' ? schemeOf(alg) : undefined
  if (!scheme) {
    const detail =
      'The member alg must be one of RS256 to RS512, PS256 to PS512, ES256, ES384, EdDSA.'
    throw assertionFault(detail, 'alg')
  }
  const thumbprint = header.get('x5t#S256')
  if (typeof thumbprint === 'string' && thumbprintPattern.test(thumbprint)) {
    return { scheme, thumbprint }
  }
  const detail = "x5t#S256 must be the base64url SHA-256 of the certificate's DER, without padding."
  throw assertionFault(detail, 'x5t#S256')
}

function objectIn(text: string, part: string): JsonObject {
  try {
    const value = readJson(octetsOf(text, part))
    if (value instanceof Map) return value as JsonObject
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    const detail = `The ${part} of the assertion is no JSON that the bus reads: ${error.message}.`
    throw assertionFault(detail, undefined, error)
  }
  throw assertionFault(`The ${part} of the assertion is no JSON object.`)
}

function octetsOf(text: string, part: string): Buffer {
  const octets = Buffer.from(text, 'base64url')
  // Node reads past what is no base64url; written again it then is another text.
  if (octets.length > 0 && octets.toString('base64url') === text) return octets
  throw assertionFault(`The ${part} of the assertion is not base64url without padding.`)
}
