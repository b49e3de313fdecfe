import { Fault } from '../../exchange/fault.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { dsNamespace } from '../xml-signature/names.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { wsse11Namespace, wsseNamespace, wsuNamespace } from './names.js'

/** What our profile knows of a Security header (WS-Security 1.1 §5). */
export interface SecurityHeader {
  readonly element: XmlElement
  readonly signature: XmlElement
  readonly timestamp: XmlElement
  readonly tokens: readonly XmlElement[]
  /** What else WS-Security has here; it must be signed, or it is not accepted. */
  readonly others: readonly XmlElement[]
}

/**
 * Reads a Security header: one Signature, one Timestamp. A second signature, whoever made it, is one too
 * many: another reader could take it for the one that counts.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID
 */
export function readSecurityHeader(document: XmlDocument, element: XmlElement): SecurityHeader {
  if (!document.hasOnlyElements(element)) {
    throw invalidSignature('Security', 'The Security header has text beside its elements.')
  }
  let signature: XmlElement | undefined
  let timestamp: XmlElement | undefined
  const tokens: XmlElement[] = []
  const others: XmlElement[] = []
  let child = document.firstChild(element)
  for (; child !== undefined; child = document.nextSibling(child)) {
    if (document.is(child, dsNamespace, 'Signature')) {
      if (signature !== undefined) throw several('Signature')
      signature = child
    } else if (document.is(child, wsuNamespace, 'Timestamp')) {
      if (timestamp !== undefined) throw several('Timestamp')
      timestamp = child
    } else if (document.is(child, wsseNamespace, 'BinarySecurityToken')) {
      tokens.push(child)
    } else if (isKnown(document, child)) {
      others.push(child)
    } else {
      // A signed header block that was moved in here would be signed still, and gone from the Header.
      throw invalidSignature('Security', 'The Security header has an element that is not for it.')
    }
  }
  if (signature === undefined) throw new Fault('SIGNATURE_MISSING')
  if (timestamp === undefined) {
    throw invalidSignature('Timestamp', 'The Security header has no Timestamp.')
  }
  return { element, signature, timestamp, tokens, others }
}

function isKnown(document: XmlDocument, element: XmlElement): boolean {
  return (
    document.is(element, wsseNamespace, 'UsernameToken') ||
    document.is(element, wsse11Namespace, 'SignatureConfirmation')
  )
}

function several(field: string): Fault {
  return invalidSignature(field, `The Security header has more than one ${field}.`)
}
