import { referencesMax } from '../../../limits/soap.js'
import { dsNamespace } from '../../../trust/xml-signature/names.js'
import type { SoapAttachment } from '../../../exchange/soap-content.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'
import { keyReferenceOf } from './key-facts.js'
import { placeOfElement, type Place } from './places.js'
import { referenceFacts, type ReferenceFacts } from './reference-facts.js'

/** One ds:Signature, read without judging it. */
export interface SignatureFacts {
  readonly element: XmlElement
  readonly place: Place
  readonly canonicalisation: string | undefined
  readonly algorithm: string | undefined
  readonly keyReference: string
  readonly references: readonly ReferenceFacts[]
}

/** More than that no honest message has, and every one costs digests. */
const signaturesShownMax = 4

/** All signatures in an envelope, wherever they stand: those in the wrong place are worth seeing too. */
export function signatureFactsOf(
  document: XmlDocument,
  attachments: readonly SoapAttachment[],
  isXop: boolean,
): SignatureFacts[] {
  const all: SignatureFacts[] = []
  for (const element of document.inside(document.root)) {
    if (all.length === signaturesShownMax) break
    if (document.is(element, dsNamespace, 'Signature')) {
      all.push(factsOf(document, element, attachments, isXop))
    }
  }
  return all
}

function factsOf(
  document: XmlDocument,
  element: XmlElement,
  attachments: readonly SoapAttachment[],
  isXop: boolean,
): SignatureFacts {
  const signedInfo = document.child(element, dsNamespace, 'SignedInfo')
  const algorithmOf = (localName: string): string | undefined => {
    const method = signedInfo && document.child(signedInfo, dsNamespace, localName)
    return method && document.attribute(method, '', 'Algorithm')
  }
  return {
    element,
    place: placeOfElement(document, element),
    canonicalisation: algorithmOf('CanonicalizationMethod'),
    algorithm: algorithmOf('SignatureMethod'),
    keyReference: keyReferenceOf(document, document.child(element, dsNamespace, 'KeyInfo')),
    references: referencesOf(document, signedInfo, attachments, isXop),
  }
}

function referencesOf(
  document: XmlDocument,
  signedInfo: XmlElement | undefined,
  attachments: readonly SoapAttachment[],
  isXop: boolean,
): ReferenceFacts[] {
  if (signedInfo === undefined) return []
  const references: XmlElement[] = []
  for (const child of document.children(signedInfo)) {
    if (references.length === referencesMax) break
    if (document.is(child, dsNamespace, 'Reference')) references.push(child)
  }
  const cids = references.filter((reference) =>
    /^cid:/i.test(document.attribute(reference, '', 'URI') ?? ''),
  )
  const isBodyExpanded = isXop && attachments.length > cids.length
  return references.map((reference) =>
    referenceFacts(reference, { document, attachments, isBodyExpanded }),
  )
}
