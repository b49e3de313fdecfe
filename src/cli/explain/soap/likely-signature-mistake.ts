import { c14nMethod } from '../../../xml/c14n/method.js'
import { canonicalOctets } from '../../../xml/c14n/canonicalise.js'
import type { XmlDocument } from '../../../xml/document.js'
import { keyTypeOf } from '../../../trust/http-signature/algorithms.js'
import { exclusiveC14n } from '../../../trust/xml-signature/names.js'
import { verifyWithKey } from '../../../trust/xml-signature/signature-method.js'
import type { XmlSignature } from '../../../trust/xml-signature/signature.js'
import type { RegisteredKey } from '../../../trust/signer-directory.js'
import { forms, verifies } from '../signature-forms.js'

/**
 * Tries the mistakes that people make with a SignatureValue: another form of signature, SignedInfo in
 * another canonical form. The one that fits says what was done. Diagnosis only: nothing is accepted for it.
 */
export function likelySignatureMistake(
  document: XmlDocument,
  { signedInfo, value }: XmlSignature,
  { publicKey, keyType }: RegisteredKey,
): string | undefined {
  if (keyTypeOf(publicKey) === undefined) return undefined
  const { element, canonicalisation, schemes } = signedInfo
  const octets = canonicalOctets(document, canonicalisation, { element })
  for (const { name, digest, options } of forms(publicKey)) {
    if (verifies(digest, octets, { key: publicKey, ...options }, value)) {
      return `The right SignedInfo was signed in another form (${name}) than the one that SignatureMethod says.`
    }
  }
  for (const [algorithm, name] of otherForms) {
    const others = canonicalOctets(document, c14nMethod(algorithm), { element })
    if (verifyWithKey(schemes, { publicKey, keyType }, others, value)) {
      return `SignedInfo was signed in ${name}, which is not what CanonicalizationMethod says.`
    }
  }
  return undefined
}

const otherForms: readonly (readonly [algorithm: string, name: string])[] = [
  [exclusiveC14n, 'exclusive C14N without a PrefixList'],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'inclusive C14N 1.0'],
]
