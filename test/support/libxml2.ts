import type { XmlDocument, XmlElement, XsdValidator } from 'libxml2-wasm'
import type { C14nMethod } from '../../src/xml/c14n/method.js'

// libxml2, compiled to WebAssembly, is the oracle. It has to be imported at run time.
const libxml2 = await import('libxml2-wasm')

/** Why libxml2 refuses a document; undefined when it accepts it. */
export function libxml2Refusal(bytes: Uint8Array): string | undefined {
  try {
    libxml2.XmlDocument.fromBuffer(bytes).dispose()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** A document as libxml2 sees it; its memory has to be given back with `dispose`. */
export class OracleDocument {
  readonly #document: XmlDocument
  readonly #elements: XmlElement[]

  constructor(bytes: Uint8Array) {
    this.#document = libxml2.XmlDocument.fromBuffer(bytes)
    this.#elements = this.#document.find('//*') as XmlElement[]
  }

  dispose(): void {
    this.#document.dispose()
  }

  /** By position in the document, from 0. */
  #element(position: number): XmlElement {
    const element = this.#elements[position]
    if (!element) throw new Error('The readers do not agree on the number of elements')
    return element
  }

  get elementCount(): number {
    return this.#elements.length
  }

  name(position: number): { namespace: string; localName: string } {
    const { name, namespaceUri } = this.#element(position)
    return { namespace: namespaceUri, localName: name }
  }

  text(position: number): string {
    return this.#element(position).content
  }

  attributes(position: number): { namespace: string; localName: string; value: string }[] {
    return this.#element(position).attrs.map(({ name, namespaceUri, content }) => ({
      namespace: namespaceUri,
      localName: name,
      value: content,
    }))
  }

  /** Canonical octets of the document or of an element. */
  canonical(method: C14nMethod, element?: number): Buffer {
    const handler = new libxml2.XmlStringOutputBufferHandler()
    const part = element === undefined ? this.#document : this.#element(element)
    part.canonicalize(handler, {
      mode: libxml2.XmlC14NMode[modes[method.form]],
      withComments: method.comments,
      inclusiveNamespacePrefixes: [...method.inclusivePrefixes],
    })
    return Buffer.from(handler.result, 'utf8')
  }
}

const modes = {
  exclusive: 'XML_C14N_EXCLUSIVE_1_0',
  'inclusive 1.0': 'XML_C14N_1_0',
  'inclusive 1.1': 'XML_C14N_1_1',
} as const

/** What is made while libxml2 finds these files, by URL, and no others. */
export function withFiles<Made>(files: Record<string, Uint8Array>, make: () => Made): Made {
  libxml2.xmlRegisterInputProvider(new libxml2.XmlBufferInputProvider(files))
  try {
    return make()
  } finally {
    libxml2.xmlCleanupInputProvider()
  }
}

/** A schema as libxml2 sees it; its memory has to be given back with `dispose`. */
export class OracleSchema {
  readonly #validator: XsdValidator

  /**
   * @param url - what its imports are relative to
   * @throws Error where libxml2 refuses the schema
   */
  constructor(schema: Uint8Array, url?: string) {
    const document = libxml2.XmlDocument.fromBuffer(schema, url === undefined ? {} : { url })
    try {
      this.#validator = libxml2.XsdValidator.fromDoc(document)
    } finally {
      document.dispose()
    }
  }

  /** Why libxml2 finds a document invalid; undefined when it finds it valid. */
  refusal(bytes: Uint8Array): string | undefined {
    const document = libxml2.XmlDocument.fromBuffer(bytes)
    try {
      this.#validator.validate(document)
      return undefined
    } catch (error) {
      return (error as Error).message
    } finally {
      document.dispose()
    }
  }

  dispose(): void {
    this.#validator.dispose()
  }
}
