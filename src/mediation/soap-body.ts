import type { SoapReplyContent } from '../exchange/soap-content.js'
import { breach } from '../violation/violation.js'
import { XmlDocument, type XmlElement } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'

/** What a SOAP answer says. */
export interface SoapAnswer {
  readonly document: XmlDocument
  /** The Body's one child; undefined where it has none. */
  readonly element: XmlElement | undefined
  readonly isFault: boolean
}

/** A SOAP Fault, whichever version of SOAP it is of. */
export interface SoapFault {
  /** Without its prefix: `Server`, `Receiver`. */
  readonly code: string
  readonly reason: string
  /** Undefined where there is none. */
  readonly detail: XmlElement | undefined
}

/**
 * What stands in the Body of an answer that the adapter let in.
 * @throws ContractBreach where there is more than one thing in it
 */
export function soapAnswerOf(content: SoapReplyContent): SoapAnswer {
  // Whoever let the envelope in has read it; a test may not have.
  const document =
    content.document instanceof XmlDocument ? content.document : readXml(content.envelope)
  const namespace = document.namespace(document.root)
  const body = document.child(document.root, namespace, 'Body')
  const element = body === undefined ? undefined : document.firstChild(body)
  const second = element === undefined ? undefined : document.nextSibling(element)
  if (second !== undefined) {
    const path = `/${document.localName(second)}`
    throw breach(path, 'unexpected', 'Body')
  }
  const isFault = element !== undefined && document.is(element, namespace, 'Fault')
  return { document, element, isFault }
}

/** Takes a Fault apart (SOAP 1.1 §4.4, SOAP 1.2 part 1 §5.4). */
export function soapFaultOf(document: XmlDocument, fault: XmlElement): SoapFault {
  const namespace = document.namespace(document.root)
  const inside = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
    element === undefined
      ? undefined
      : (document.child(element, '', name) ?? document.child(element, namespace, name))
  const textOf = (element: XmlElement | undefined): string =>
    element === undefined ? '' : document.textInside(element).trim()
  const code = inside(fault, 'faultcode') ?? inside(inside(fault, 'Code'), 'Value')
  const reason = inside(fault, 'faultstring') ?? inside(inside(fault, 'Reason'), 'Text')
  return {
    code: textOf(code).replace(/^.*:/s, ''),
    reason: textOf(reason),
    detail: inside(fault, 'detail') ?? inside(fault, 'Detail'),
  }
}
