import { inclusivePrefixesMax } from '../../limits/soap.js'
import { c14nMethod, type C14nMethod } from '../../xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { dsNamespace, exclusiveC14n, swaNamespace } from './names.js'
import { forbiddenAlgorithm } from './refused-algorithms.js'
import { algorithmOf, checkEmpty, Children, invalidSignature } from './strict-reading.js'

/** What a Reference's digest is made of: canonical octets of an element, or an attachment. */
export type Transform = C14nMethod | 'attachment-content' | 'attachment-complete'

/** What of canonicalisation a signature may use. Ours take exclusive C14N alone, as WS-I BSP 1.1 does. */
export interface CanonicalisationProfile {
  accepts(method: C14nMethod): boolean
  /** Where a Reference has no transform (XML Signature 1.1 §4.4.3.2); undefined: it must have one. */
  readonly withoutTransforms: C14nMethod | undefined
}

export const exclusiveOnly: CanonicalisationProfile = {
  accepts: ({ form }) => form === 'exclusive',
  withoutTransforms: undefined,
}

const exclusive = c14nMethod(exclusiveC14n)
const withComments = c14nMethod(`${exclusiveC14n}WithComments`)
const inclusive: ReadonlyMap<string, C14nMethod> = new Map(
  [
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
    'http://www.w3.org/2006/12/xml-c14n11',
    'http://www.w3.org/2006/12/xml-c14n11#WithComments',
  ].map((algorithm) => [algorithm, c14nMethod(algorithm)]),
)

const attachmentTransforms: ReadonlyMap<string, Transform> = new Map([
  [`${swaNamespace}Attachment-Content-Signature-Transform`, 'attachment-content'],
  [`${swaNamespace}Attachment-Complete-Signature-Transform`, 'attachment-complete'],
])

/**
 * The one transform of a Reference. Several in a chain, and every transform that selects, decodes or
 * computes, are refused: what a signature covers must be plain to see.
 * @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID
 */
export function readTransforms(
  document: XmlDocument,
  transforms: XmlElement | undefined,
  profile: CanonicalisationProfile,
): Transform {
  if (transforms === undefined) {
    if (profile.withoutTransforms) return profile.withoutTransforms
    throw invalidSignature('Reference', 'A Reference has no Transforms.')
  }
  const field = 'Transform'
  const inside = new Children(document, transforms, 'Transforms')
  const transform = inside.next(dsNamespace, field)
  const algorithm = algorithmOf(document, transform, field)
  const attachment = attachmentTransforms.get(algorithm)
  if (attachment) checkEmpty(document, transform, field)
  const read = attachment ?? readC14n(document, transform, field, profile)
  // After the first, so that one that is forbidden is named before the number is.
  if (!inside.done) {
    const second = inside.next(dsNamespace, field)
    readC14n(document, second, field, profile)
    throw invalidSignature(field, 'A Reference has more than one Transform.')
  }
  return read
}

/**
 * Reads an element that names a canonicalisation: a Transform or the CanonicalizationMethod.
 * @throws Fault ALGORITHM_FORBIDDEN, SIGNATURE_INVALID
 */
export function readC14n(
  document: XmlDocument,
  element: XmlElement,
  field: string,
  profile: CanonicalisationProfile,
): C14nMethod {
  const algorithm = algorithmOf(document, element, field)
  const isExclusive = algorithm === exclusiveC14n || algorithm === `${exclusiveC14n}WithComments`
  const method = isExclusive
    ? readExclusive(document, element, algorithm, field)
    : inclusive.get(algorithm)
  if (!method || !profile.accepts(method)) throw forbiddenAlgorithm(field, algorithm)
  if (!isExclusive) checkEmpty(document, element, field)
  return method
}

/** Exclusive C14N with its one parameter (Exclusive C14N 1.0 §4). */
function readExclusive(
  document: XmlDocument,
  element: XmlElement,
  algorithm: string,
  field: string,
): C14nMethod {
  const inside = new Children(document, element, field)
  const parameter = inside.optional(exclusiveC14n, 'InclusiveNamespaces')
  inside.end()
  if (parameter === undefined) return algorithm === exclusiveC14n ? exclusive : withComments
  checkEmpty(document, parameter, 'InclusiveNamespaces')
  const list = document.attribute(parameter, '', 'PrefixList')?.trim() ?? ''
  const inclusivePrefixes = list === '' ? [] : list.split(/[ \t\r\n]+/)
  if (inclusivePrefixes.length > inclusivePrefixesMax) {
    throw invalidSignature('InclusiveNamespaces', 'The PrefixList is too long.')
  }
  return { form: 'exclusive', comments: algorithm !== exclusiveC14n, inclusivePrefixes }
}
