import type { Fault } from '../../exchange/fault.js'
import { contentIdIn } from '../../xml/content-id.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { XmlError } from '../../xml/xml-error.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'

/**
 * The Id that a Reference to an element names. Nothing outside the message is ever fetched, and the
 * whole document (`URI=""`) is no part of it.
 * @throws Fault SIGNATURE_INVALID
 */
export function sameDocumentId(uri: string): string {
  if (uri.startsWith('#') && !uri.includes('(')) return uri.slice(1)
  throw invalid(
    uri === ''
      ? 'A Reference to the whole document (URI="") is not accepted.'
      : uri.startsWith('#')
        ? 'A Reference by XPointer is not accepted.'
        : 'A Reference to something outside the Envelope is not accepted here.',
  )
}

/**
 * The content id of a cid: URI (RFC 2392).
 * @throws Fault SIGNATURE_INVALID
 */
export function contentIdOf(uri: string): string {
  const contentId = contentIdIn(uri)
  if (contentId !== undefined) return contentId
  throw invalid('A Reference to an attachment has no cid: URI.')
}

/**
 * The element with this Id, of whatever kind.
 * @throws Fault SIGNATURE_INVALID where two elements have it
 */
export function elementOf(document: XmlDocument, id: string): XmlElement | undefined {
  try {
    return document.elementById(id)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw invalid('Two elements have the Id that a reference names.', error)
  }
}

function invalid(detail: string, cause?: unknown): Fault {
  return invalidSignature('Reference', detail, cause)
}
