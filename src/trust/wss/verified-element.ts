import type {
  ByteStretch,
  VerifiedAttribute,
  VerifiedElement,
} from '../../exchange/verified-element.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { XmlError } from '../../xml/xml-error.js'
import { shownName } from './names.js'
import { invalidRequest } from './soap-envelope.js'

/** An element that a signature covers, read from the very bytes that were digested. */
export class CoveredXml implements VerifiedElement {
  readonly #document: XmlDocument
  readonly #element: XmlElement

  constructor(document: XmlDocument, element: XmlElement) {
    this.#document = document
    this.#element = element
  }

  get namespace(): string {
    return this.#document.namespace(this.#element)
  }

  get localName(): string {
    return this.#document.localName(this.#element)
  }

  get range(): ByteStretch {
    return this.#document.range(this.#element)
  }

  text(): string {
    try {
      return this.#document.text(this.#element)
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      throw invalidRequest(
        shownName(this.localName),
        `The text of the element is odd: ${error.reason}.`,
        error,
      )
    }
  }

  attribute(namespace: string, localName: string): string | undefined {
    return this.#document.attribute(this.#element, namespace, localName)
  }

  attributes(): readonly VerifiedAttribute[] {
    return this.#document.attributes(this.#element)
  }

  children(): readonly VerifiedElement[] {
    if (!this.#document.hasOnlyElements(this.#element)) {
      throw invalidRequest(shownName(this.localName), 'The element has text beside its elements.')
    }
    const children: VerifiedElement[] = []
    for (const child of this.#document.children(this.#element)) {
      children.push(new CoveredXml(this.#document, child))
    }
    return children
  }
}
