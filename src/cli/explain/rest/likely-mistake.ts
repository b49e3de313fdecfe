import { hash, type KeyObject } from 'node:crypto'
import type { HttpRequestContent } from '../../../exchange/http-content.js'
import { requestMessage, type RequestMessage } from '../../../trust/http-signature/message.js'
import { signatureBase } from '../../../trust/http-signature/signature-base.js'
import {
  readSignatures,
  type MessageSignature,
} from '../../../trust/http-signature/signature-fields.js'
import { forms, verifies } from '../signature-forms.js'

/** A signature that does not fit, with what it was tried against. */
export interface Mismatch {
  readonly content: HttpRequestContent
  readonly label: string
  readonly base: string
  readonly publicKey: KeyObject
}

/**
 * Tries the mistakes that people make: bases built a little differently, and signatures in another
 * form. The one that fits says what was done. Diagnosis only: nothing is accepted for it.
 */
export function likelyMistake(mismatch: Mismatch): string | undefined {
  const message = requestMessage(mismatch.content)
  const signature = readSignatures(message.fields).find(({ label }) => label === mismatch.label)
  if (!signature) return undefined
  const form = otherForms(mismatch, signature)
  if (form !== undefined) return form
  for (const [text, base] of otherBases(mismatch.base, message, signature)) {
    if (base !== mismatch.base && fits(base, signature, mismatch.publicKey)) return text
  }
  return undefined
}

function* otherBases(
  base: string,
  message: RequestMessage,
  signature: MessageSignature,
): Generator<[text: string, base: string]> {
  const rebuilt = (changes: Partial<RequestMessage>): string =>
    signatureBase({ ...message, ...changes }, signature.components, signature.parametersText)
  const { scheme, authority, target, method } = message
  yield ['A line feed was signed at the end of the signature base; there is none.', `${base}\n`]
  yield [
    'The lines of the signature base end in CRLF; they end in LF.',
    base.replaceAll('\n', '\r\n'),
  ]
  yield [
    'The line "@signature-params" was not signed; it is the last line of the signature base.',
    base.slice(0, Math.max(0, base.lastIndexOf('\n'))),
  ]
  const other = scheme === 'http' ? 'https' : 'http'
  yield [
    `The signature was made for ${other}; the bus is reached by ${scheme} (see --scheme).`,
    rebuilt({ scheme: other }),
  ]
  const port = scheme === 'http' ? ':80' : ':443'
  yield [
    `The default port ${port} was signed; it is left out (RFC 9421 §2.2.3).`,
    rebuilt({ authority: authority + port }),
  ]
  yield [
    'The query was not signed with the target.',
    rebuilt({ target: target.replace(/\?.*$/, '') }),
  ]
  yield ['The method was signed in small letters.', rebuilt({ method: method.toLowerCase() })]
  yield [
    'The target was signed decoded; it is signed as sent.',
    rebuilt({ target: decoded(target) }),
  ]
}

function decoded(target: string): string {
  try {
    return Buffer.from(decodeURIComponent(target)).toString('latin1')
  } catch {
    return target
  }
}

function fits(base: string, signature: MessageSignature, key: KeyObject): boolean {
  return forms(key).some(({ digest, options }) =>
    verifies(digest, Buffer.from(base, 'latin1'), { key, ...options }, signature.value),
  )
}

function otherForms(
  { base, publicKey }: Mismatch,
  signature: MessageSignature,
): string | undefined {
  const data = Buffer.from(base, 'latin1')
  for (const { digest, name, options } of forms(publicKey)) {
    const key = { key: publicKey, ...options }
    if (verifies(digest, data, key, signature.value)) {
      return `The right signature base was signed in another form (${name}) than the one that alg or the key says.`
    }
    const digested = digest === null ? data : hash(digest, data, 'buffer')
    if (digest !== null && verifies(digest, digested, key, signature.value)) {
      return 'The digest of the signature base was digested once more before it was signed.'
    }
  }
  return undefined
}
