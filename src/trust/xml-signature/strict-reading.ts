import { Fault } from '../../exchange/fault.js'
import { signatureValueCharsMax } from '../../limits/soap.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { XmlError } from '../../xml/xml-error.js'

/*
 * Strict reading of a signature's own elements: what the schema says, in its order, and nothing else.
 * Two readers that read a signature differently are how signatures are wrapped.
 */

/** The refusal of a signature; `field` names the part that is wrong. */
export function invalidSignature(field: string, detail: string, cause?: unknown): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail, cause })
}

/** The children of an element, taken one after the other. */
export class Children {
  readonly #document: XmlDocument
  readonly #field: string
  #next: XmlElement | undefined

  /** @throws Fault SIGNATURE_INVALID where there is text beside the elements */
  constructor(document: XmlDocument, parent: XmlElement, field: string) {
    if (!document.hasOnlyElements(parent)) {
      throw invalidSignature(field, `${field} has text beside its elements.`)
    }
    this.#document = document
    this.#field = field
    this.#next = document.firstChild(parent)
  }

  get done(): boolean {
    return this.#next === undefined
  }

  /** The next child, if it has this name. */
  optional(namespace: string, localName: string): XmlElement | undefined {
    const child = this.#next
    if (child === undefined || !this.#document.is(child, namespace, localName)) return undefined
    this.#next = this.#document.nextSibling(child)
    return child
  }

  /** The next child, which must have this name. @throws Fault SIGNATURE_INVALID */
  next(namespace: string, localName: string): XmlElement {
    const child = this.optional(namespace, localName)
    if (child !== undefined) return child
    throw invalidSignature(this.#field, `${this.#field} has no ${localName} where it must stand.`)
  }

  /** The next child, whatever it is. @throws Fault SIGNATURE_INVALID where there is none */
  any(): XmlElement {
    const child = this.#next
    if (child === undefined) throw invalidSignature(this.#field, `${this.#field} is empty.`)
    this.#next = this.#document.nextSibling(child)
    return child
  }

  /** @throws Fault SIGNATURE_INVALID where a child is left */
  end(): void {
    if (this.#next === undefined) return
    throw invalidSignature(this.#field, `${this.#field} has an element that must not be there.`)
  }
}

/** @throws Fault SIGNATURE_INVALID where an element has anything inside */
export function checkEmpty(document: XmlDocument, element: XmlElement, field: string): void {
  new Children(document, element, field).end()
}

/** The mandatory `Algorithm` of an element. @throws Fault SIGNATURE_INVALID */
export function algorithmOf(document: XmlDocument, element: XmlElement, field: string): string {
  const algorithm = document.attribute(element, '', 'Algorithm')
  if (algorithm === undefined) throw invalidSignature(field, `${field} has no Algorithm.`)
  return algorithm
}

/**
 * The text of an element, white space around it dropped.
 * @throws Fault SIGNATURE_INVALID where a comment or an element is inside, or it is too long
 */
export function textOf(
  document: XmlDocument,
  element: XmlElement,
  field: string,
  charsMax = signatureValueCharsMax,
): string {
  const { start, end } = document.contentRange(element)
  if (end - start > charsMax) throw invalidSignature(field, `${field} is too long.`)
  try {
    return document.text(element).trim()
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw invalidSignature(field, `In ${field} ${error.reason}.`, error)
  }
}

const whiteSpace = /[ \t\r\n]+/g

/**
 * The text of an element of type base64Binary (XML Schema 2 §3.2.16), in which white space may stand
 * anywhere, without it.
 * @throws Fault SIGNATURE_INVALID
 */
export function base64TextOf(
  document: XmlDocument,
  element: XmlElement,
  field: string,
  charsMax = signatureValueCharsMax,
): string {
  const text = textOf(document, element, field, charsMax)
  return /[ \t\r\n]/.test(text) ? text.replace(whiteSpace, '') : text
}

/**
 * The octets of an element of type base64Binary. Every departure from RFC 4648 §4 is refused, so that one
 * value has one reading: what is decoded must be written as it was read.
 * @throws Fault SIGNATURE_INVALID
 */
export function octetsOf(
  document: XmlDocument,
  element: XmlElement,
  field: string,
  charsMax = signatureValueCharsMax,
): Buffer {
  const text = base64TextOf(document, element, field, charsMax)
  const octets = Buffer.from(text, 'base64')
  if (text !== '' && octets.toString('base64') === text) return octets
  throw invalidSignature(field, `${field} is not base64.`)
}
