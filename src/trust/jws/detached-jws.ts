import { Fault } from '../../exchange/fault.js'
import { mqSignatureCharsMax } from '../../limits/queues.js'

/** Where a signature stands, as faults name it. */
export const signatureField = 'sluice-signature'

/** A compact JWS with detached payload, taken apart. Nothing of it is verified. */
export interface DetachedJws {
  /** As it stands: base64url. */
  readonly header: string
  /** Octets of the protected header. */
  readonly headerBytes: Buffer
  /** Octets of the signature. */
  readonly value: Buffer
}

/**
 * Takes a compact JWS with detached payload apart (RFC 7515 §7.1, appendix F), and puts up with nothing: two dots with
 * nothing between them, base64url without padding, line ends or stray bits.
 * @throws Fault SIGNATURE_INVALID
 */
export function readDetachedJws(text: string): DetachedJws {
  if (text.length > mqSignatureCharsMax) {
    throw invalidSignature(`The signature has more than ${mqSignatureCharsMax} characters.`)
  }
  const dots = text.indexOf('.')
  const header = text.slice(0, Math.max(0, dots))
  const value = text.slice(dots + 2)
  if (dots < 0 || text[dots + 1] !== '.' || value.includes('.')) {
    throw invalidSignature(
      'The signature must be a compact JWS without its payload: header, two dots, signature.',
    )
  }
  return { header, headerBytes: octetsOf(header, 'header'), value: octetsOf(value, 'signature') }
}

/** @throws Fault SIGNATURE_INVALID where the text is no base64url, or another text stands for the same octets */
function octetsOf(text: string, part: string): Buffer {
  const octets = Buffer.from(text, 'base64url')
  // Node reads past what is no base64url; written again it then is another text.
  if (octets.length > 0 && octets.toString('base64url') === text) return octets
  throw invalidSignature(`The ${part} of the JWS is not base64url without padding.`)
}

/** What the signature is over where the payload is not encoded (RFC 7797 §3): its octets as they are. */
export function signingInput(header: string, payload: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(header.length + 1 + payload.length)
  input.write(header, 0, 'latin1')
  input[header.length] = 0x2e
  input.set(payload, header.length + 1)
  return input
}

export function invalidSignature(detail: string, field: string = signatureField): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail })
}
