import type { Fault } from '../../exchange/fault.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { canonicalOctets } from '../../xml/c14n/canonicalise.js'
import type { VerificationKey } from '../http-signature/parameters.js'
import { dsNamespace } from './names.js'
import { verifyWithKey } from './signature-method.js'
import { readSignedInfo, type SignedInfo } from './signed-info.js'
import { Children, invalidSignature, octetsOf } from './strict-reading.js'
import type { CanonicalisationProfile } from './transforms.js'

/** What a ds:Signature says (XML Signature 1.1 §4.2). */
export interface XmlSignature {
  readonly signedInfo: SignedInfo
  readonly value: Buffer
  /** Names the key, and is not signed: what stands in it is a hint and no more. */
  readonly keyInfo: XmlElement
}

/**
 * Reads a ds:Signature of a message: SignedInfo, SignatureValue, KeyInfo. Objects, which could hold
 * what a Reference then covers in the place of the message, are refused.
 * @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID
 */
export function readSignature(
  document: XmlDocument,
  element: XmlElement,
  profile: CanonicalisationProfile,
): XmlSignature {
  const inside = new Children(document, element, 'Signature')
  const signedInfo = inside.next(dsNamespace, 'SignedInfo')
  const value = inside.next(dsNamespace, 'SignatureValue')
  const keyInfo = inside.next(dsNamespace, 'KeyInfo')
  inside.end()
  return {
    signedInfo: readSignedInfo(document, signedInfo, profile),
    value: octetsOf(document, value, 'SignatureValue'),
    keyInfo,
  }
}

/** Whether the SignatureValue was made over the canonical SignedInfo with the private half of the key. */
export function fitsSignedInfo(
  document: XmlDocument,
  { signedInfo, value }: Pick<XmlSignature, 'signedInfo' | 'value'>,
  by: VerificationKey,
): boolean {
  const { element, canonicalisation, schemes } = signedInfo
  const octets = canonicalOctets(document, canonicalisation, { element })
  return verifyWithKey(schemes, by, octets, value)
}

/** The refusal of a signature that was not made over this SignedInfo, or not with this key. */
export function signatureDiffers({ keyType }: Pick<VerificationKey, 'keyType'>): Fault {
  const isEcdsa = keyType === 'p256' || keyType === 'p384'
  const hint = isEcdsa ? ' An ECDSA signature is the raw r and s, not DER.' : ''
  return invalidSignature('SignatureValue', `The SignatureValue does not fit SignedInfo.${hint}`)
}
