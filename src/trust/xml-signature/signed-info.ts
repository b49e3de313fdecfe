import { referencesMax } from '../../limits/soap.js'
import type { C14nMethod } from '../../xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { readDigestMethod, type Digest } from './digest-method.js'
import { dsNamespace } from './names.js'
import { readSignatureMethod, type SchemeByKeyType } from './signature-method.js'
import { Children, invalidSignature, base64TextOf } from './strict-reading.js'
import {
  readC14n,
  readTransforms,
  type CanonicalisationProfile,
  type Transform,
} from './transforms.js'

/** What one ds:Reference says; whether it is true is not known yet. */
export interface Reference {
  /** Undecoded, as it stands. */
  readonly uri: string
  readonly transform: Transform
  readonly digest: Digest
  /** base64, as the digest must be written. */
  readonly digestText: string
}

/** What a ds:SignedInfo says (XML Signature 1.1 §4.4). */
export interface SignedInfo {
  readonly element: XmlElement
  readonly canonicalisation: C14nMethod
  readonly schemes: SchemeByKeyType
  readonly references: readonly Reference[]
}

/**
 * Reads a ds:SignedInfo: the schema's elements in the schema's order, and nothing else.
 * @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID
 */
export function readSignedInfo(
  document: XmlDocument,
  element: XmlElement,
  profile: CanonicalisationProfile,
): SignedInfo {
  const inside = new Children(document, element, 'SignedInfo')
  const c14n = inside.next(dsNamespace, 'CanonicalizationMethod')
  const canonicalisation = readC14n(document, c14n, 'CanonicalizationMethod', profile)
  const schemes = readSignatureMethod(document, inside.next(dsNamespace, 'SignatureMethod'))
  const references: Reference[] = []
  do {
    if (references.length === referencesMax) {
      throw invalidSignature('SignedInfo', 'SignedInfo has too many References.')
    }
    references.push(readReference(document, inside.next(dsNamespace, 'Reference'), profile))
  } while (!inside.done)
  return { element, canonicalisation, schemes, references }
}

function readReference(
  document: XmlDocument,
  element: XmlElement,
  profile: CanonicalisationProfile,
): Reference {
  const field = 'Reference'
  const uri = document.attribute(element, '', 'URI')
  // Without a URI the application is to know what is signed (§4.4.3.1); another may know otherwise.
  if (uri === undefined) throw invalidSignature(field, 'A Reference has no URI.')
  if (document.attribute(element, '', 'Type') !== undefined) {
    throw invalidSignature(field, 'A Reference to an Object, Manifest or the like is not accepted.')
  }
  const inside = new Children(document, element, field)
  const transform = readTransforms(document, inside.optional(dsNamespace, 'Transforms'), profile)
  const digest = readDigestMethod(document, inside.next(dsNamespace, 'DigestMethod'))
  const value = inside.next(dsNamespace, 'DigestValue')
  inside.end()
  const digestText = base64TextOf(document, value, 'DigestValue')
  // Its characters need no look: the digest that is found is written once and compared as text.
  if (digestText.length !== digest.base64Chars) {
    throw invalidSignature('DigestValue', 'A DigestValue is not as long as its digest.')
  }
  return { uri, transform, digest, digestText }
}
