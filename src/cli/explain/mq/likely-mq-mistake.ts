import { hash, type KeyObject } from 'node:crypto'
import { signingInput, type DetachedJws } from '../../../trust/jws/detached-jws.js'
import { forms, verifies, type Form } from '../signature-forms.js'

/**
 * Tries the mistakes that people make: the signature in another form, and other octets signed. The one that fits says what
 * was done. Diagnosis only: nothing is accepted for it.
 */
export function likelyMqMistake(
  { header, headerBytes, value }: DetachedJws,
  payload: Buffer,
  publicKey: KeyObject,
): string | undefined {
  const input = signingInput(header, payload)
  const fits = (data: Buffer): Form | undefined =>
    forms(publicKey).find(({ digest, options }) =>
      verifies(digest, data, { key: publicKey, ...options }, value),
    )
  const form = fits(input)
  if (form) {
    return `The right octets were signed in another form (${form.name}) than the one that alg says.`
  }
  const last = payload.at(-1) === 0x0a ? payload.subarray(0, -1) : undefined
  const others: readonly (readonly [text: string, data: Buffer | undefined])[] = [
    [
      'The body was signed in base64url; with b64 false its octets are signed as they are (RFC 7797).',
      Buffer.from(`${header}.${payload.toString('base64url')}`),
    ],
    ['The body alone was signed, without the header and the dot.', payload],
    [
      'The header was signed as JSON; it is signed as it stands in base64url.',
      Buffer.concat([headerBytes, Buffer.from('.'), payload]),
    ],
    ['The body was signed without the line feed at its end.', last && signingInput(header, last)],
    [
      'A line feed was signed at the end of the body; there is none in the message.',
      Buffer.concat([input, Buffer.from('\n')]),
    ],
    ['An empty body was signed.', signingInput(header, Buffer.alloc(0))],
  ]
  const mistake = others.find(([, data]) => data && fits(data))
  if (mistake) return mistake[0]
  return isDigestedTwice(input, value, publicKey)
    ? 'The digest of the octets was digested once more before it was signed.'
    : undefined
}

function isDigestedTwice(input: Buffer, value: Uint8Array, key: KeyObject): boolean {
  return forms(key).some(
    ({ digest, options }) =>
      digest !== null &&
      verifies(digest, hash(digest, input, 'buffer'), { key, ...options }, value),
  )
}
