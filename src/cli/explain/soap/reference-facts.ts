import { hash } from 'node:crypto'
import { Fault } from '../../../exchange/fault.js'
import type { SoapAttachment } from '../../../exchange/soap-content.js'
import { attachmentDigest } from '../../../trust/wss/attachments.js'
import { contentIdOf } from '../../../trust/wss/references.js'
import { readDigestMethod } from '../../../trust/xml-signature/digest-method.js'
import { dsNamespace, exclusiveC14n, swaNamespace } from '../../../trust/xml-signature/names.js'
import { canonicalOctets } from '../../../xml/c14n/canonicalise.js'
import { c14nMethod, UnsupportedTransform, type C14nMethod } from '../../../xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'
import { XmlError } from '../../../xml/xml-error.js'
import { includesIn } from './body-includes.js'
import { nameOf, placeOfElement, type Place } from './places.js'

/** One ds:Reference, read without judging it: what it names, and whether its digest fits. */
export interface ReferenceFacts {
  readonly uri: string | undefined
  /** What it names: an element's name, `attachment 1`, or why it names nothing. */
  readonly names: string
  readonly place: Place | undefined
  readonly element: XmlElement | undefined
  readonly contentId: string | undefined
  readonly transforms: readonly string[]
  readonly inclusivePrefixes: readonly string[]
  readonly digestMethod: string | undefined
  /** DigestValue, base64 without white space. */
  readonly expected: string
  /** base64 of the digest that the message has; undefined where it is not computed. */
  readonly found: string | undefined
  /** Whether the digest takes in attachments in the places of their Includes (MTOM). */
  readonly isExpanded: boolean
  /** Where the digest differs: what its maker may have done, if another way fits. */
  readonly likely: string | undefined
}

/** What a Reference may name. */
export interface ReferenceScope {
  readonly document: XmlDocument
  readonly attachments: readonly SoapAttachment[]
  /** Whether the Body's digest takes in attachments (MTOM). */
  readonly isBodyExpanded: boolean
}

type Named = Pick<ReferenceFacts, 'names' | 'place' | 'element' | 'contentId'>

/** Diagnosis only: the verifier reads References strictly, and accepts nothing for what stands here. */
export function referenceFacts(reference: XmlElement, scope: ReferenceScope): ReferenceFacts {
  const { document } = scope
  const uri = document.attribute(reference, '', 'URI')
  const transforms = algorithmsIn(document, document.child(reference, dsNamespace, 'Transforms'))
  const digestMethod = document.child(reference, dsNamespace, 'DigestMethod')
  const value = document.child(reference, dsNamespace, 'DigestValue')
  const expected = value === undefined ? '' : document.textInside(value).replace(/\s+/g, '')
  const what = named(uri, scope)
  const facts = {
    uri,
    ...what,
    isExpanded: scope.isBodyExpanded && isBody(document, what.element),
    transforms,
    inclusivePrefixes: prefixesIn(document, reference),
    digestMethod: digestMethod && document.attribute(digestMethod, '', 'Algorithm'),
    expected,
  }
  const found = foundDigest(facts, digestMethod, scope)
  const differs = found !== undefined && found !== expected
  return { ...facts, found, likely: differs ? likelyMistake(facts, scope) : undefined }
}

function named(uri: string | undefined, { document, attachments }: ReferenceScope): Named {
  const nothing = { place: undefined, element: undefined, contentId: undefined }
  if (uri === undefined) return { ...nothing, names: 'nothing: it has no URI' }
  if (/^cid:/i.test(uri)) return { ...nothing, ...namedAttachment(uri, attachments) }
  if (uri === '') return { ...nothing, names: 'the whole document' }
  if (!uri.startsWith('#')) return { ...nothing, names: 'something outside the message' }
  try {
    const element = document.elementById(uri.slice(1))
    if (element === undefined) return { ...nothing, names: 'nothing: no element has this Id' }
    const place = placeOfElement(document, element)
    return { ...nothing, names: nameOf(document, element), place, element }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    return { ...nothing, names: 'several elements: they have the same Id' }
  }
}

function namedAttachment(
  uri: string,
  attachments: readonly SoapAttachment[],
): Pick<Named, 'names' | 'contentId'> {
  try {
    const contentId = contentIdOf(uri)
    const index = attachments.findIndex((attachment) => attachment.contentId === contentId)
    if (index >= 0) return { names: `attachment ${index + 1}`, contentId }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
  return { names: 'an attachment that is not there', contentId: undefined }
}

function algorithmsIn(document: XmlDocument, transforms: XmlElement | undefined): string[] {
  if (transforms === undefined) return []
  return [...document.children(transforms)].map(
    (transform) => document.attribute(transform, '', 'Algorithm') ?? '',
  )
}

function prefixesIn(document: XmlDocument, reference: XmlElement): string[] {
  for (const element of document.inside(reference)) {
    if (!document.is(element, exclusiveC14n, 'InclusiveNamespaces')) continue
    const list = document.attribute(element, '', 'PrefixList') ?? ''
    return list.split(/\s+/).filter((prefix) => prefix !== '')
  }
  return []
}

type Computable = Omit<ReferenceFacts, 'found' | 'likely'>

function foundDigest(
  facts: Computable,
  digestMethod: XmlElement | undefined,
  scope: ReferenceScope,
): string | undefined {
  const { element, contentId, transforms } = facts
  try {
    if (element !== undefined) {
      const method = c14nOf(facts)
      return method && elementDigestBy(method, facts, scope)
    }
    const attachment = scope.attachments.find((candidate) => candidate.contentId === contentId)
    if (!attachment || digestMethod === undefined) return undefined
    const transform = attachmentTransforms[transforms.join(' ')]
    const digest = readDigestMethod(scope.document, digestMethod)
    return transform && attachmentDigest(attachment, { transform, digest }, facts.names)
  } catch (error) {
    // What cannot be computed has no digest; the verifier says what is wrong with it.
    if (error instanceof Fault || error instanceof UnsupportedTransform) return undefined
    throw error
  }
}

const attachmentTransforms: Readonly<
  Record<string, 'attachment-content' | 'attachment-complete' | undefined>
> = {
  [`${swaNamespace}Attachment-Content-Signature-Transform`]: 'attachment-content',
  [`${swaNamespace}Attachment-Complete-Signature-Transform`]: 'attachment-complete',
}

function c14nOf({ transforms, inclusivePrefixes }: Computable): C14nMethod | undefined {
  const [transform, ...others] = transforms
  if (transform === undefined || others.length > 0) return undefined
  return c14nMethod(transform, inclusivePrefixes)
}

/** SHA-1 too, which is never accepted: whoever still uses it is to be told of that alone. */
const digestNames: readonly (readonly [ending: string, name: string])[] = [
  ['#sha1', 'sha1'],
  ['#sha256', 'sha256'],
  ['#sha384', 'sha384'],
  ['#sha512', 'sha512'],
]

function elementDigestBy(
  method: C14nMethod,
  { element, digestMethod = '', isExpanded }: Computable,
  { document, attachments }: ReferenceScope,
): string | undefined {
  const name = digestNames.find(([ending]) => digestMethod.endsWith(ending))?.[1]
  if (name === undefined || element === undefined) return undefined
  const includes = isExpanded ? includesIn(document, element, attachments) : undefined
  if (isExpanded && !includes) return undefined
  const replaced = includes?.replaced
  return hash(name, canonicalOctets(document, method, { element, replaced }), 'base64')
}

function isBody(document: XmlDocument, element: XmlElement | undefined): boolean {
  if (element === undefined || document.localName(element) !== 'Body') return false
  return document.parent(element) === document.root
}

const otherMethods: readonly (readonly [algorithm: string, name: string])[] = [
  [exclusiveC14n, 'exclusive C14N'],
  [`${exclusiveC14n}WithComments`, 'exclusive C14N with comments'],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'inclusive C14N 1.0'],
  [
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
    'inclusive C14N 1.0 with comments',
  ],
]

function likelyMistake(facts: Computable, scope: ReferenceScope): string | undefined {
  if (facts.element === undefined) return undefined
  for (const [algorithm, name] of otherMethods) {
    if (elementDigestBy(c14nMethod(algorithm), facts, scope) === facts.expected) {
      return `The DigestValue fits ${name} without a PrefixList, which is not what the Transform says.`
    }
  }
  return undefined
}
