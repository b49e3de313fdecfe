import type { SoapAttachment } from '../../../exchange/soap-content.js'
import { mediaTypeOf } from '../../../trust/wss/mime-headers.js'
import {
  isEnvelopeNamespace,
  soap11Namespace,
  soap12Namespace,
  wsseNamespace,
  wsuNamespace,
} from '../../../trust/wss/names.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'
import { nameOf, placeOfElement, type Place } from './places.js'
import type { SignatureFacts } from './signature-facts.js'

/** A part of a message, and whether the signature that counts names it. */
export interface PartFacts {
  readonly name: string
  readonly place: Place | undefined
  readonly contentId: string | undefined
  /** What stands in it, where that is no element. */
  readonly content: string | undefined
  /** Whether the profile wants it signed. */
  readonly mustBeCovered: boolean
  /** URI of the Reference that names it, or what else takes it in. */
  readonly coveredBy: string | undefined
}

export interface PartRules {
  /** A provider's: its Header goes no further. */
  readonly isAnswer: boolean
  /** Content ids of attachments that the Body's digest takes in (MTOM). */
  readonly included: ReadonlySet<string>
}

/** The parts of a message in their order: header blocks, what stands in Security, Body, attachments. */
export function partFactsOf(
  document: XmlDocument,
  attachments: readonly SoapAttachment[],
  signature: SignatureFacts | undefined,
  { isAnswer, included }: PartRules,
): PartFacts[] {
  const of = (element: XmlElement, mustBeCovered: boolean): PartFacts => ({
    name: nameOf(document, element),
    place: placeOfElement(document, element),
    contentId: undefined,
    content: undefined,
    mustBeCovered,
    coveredBy: signature?.references.find((reference) => reference.element === element)?.uri,
  })
  const parts: PartFacts[] = []
  for (const child of document.children(document.root)) {
    if (!isSoap(document, child)) continue
    if (document.localName(child) === 'Body') parts.push(of(child, true))
    if (document.localName(child) !== 'Header') continue
    for (const block of document.children(child)) {
      if (document.is(block, wsseNamespace, 'Security')) {
        const timestamp = document.child(block, wsuNamespace, 'Timestamp')
        if (timestamp !== undefined) parts.push(of(timestamp, true))
      } else {
        parts.push(of(block, !isAnswer && isEnvelopeNamespace(document.namespace(block))))
      }
    }
  }
  return [
    ...parts,
    ...attachments.map((attachment) => attachmentPart(attachment, signature, included)),
  ]
}

function isSoap(document: XmlDocument, element: XmlElement): boolean {
  const namespace = document.namespace(element)
  return namespace === soap11Namespace || namespace === soap12Namespace
}

function attachmentPart(
  { contentId, rawHeaders, content }: SoapAttachment,
  signature: SignatureFacts | undefined,
  included: ReadonlySet<string>,
): PartFacts {
  const reference = signature?.references.find((each) => each.contentId === contentId)
  const type = mediaTypeOf(rawHeaders)
  return {
    name: `attachment <${contentId}>`,
    place: undefined,
    contentId,
    content: `${type === '' ? 'no media type' : type}, ${content.length} bytes`,
    mustBeCovered: true,
    coveredBy: reference?.uri ?? (included.has(contentId) ? 'xop:Include in the Body' : undefined),
  }
}
