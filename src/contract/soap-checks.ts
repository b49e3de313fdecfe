import type { WsdlMessage, WsdlOperation } from '../wsdl/wsdl-model.js'
import { violation, type Violation } from '../violation/violation.js'
import { XmlDocument, type XmlElement } from '../xml/document.js'
import type { ElementDeclaration, SchemaSet } from '../xsd/schema-model.js'
import { includedFiles, type IncludedFiles } from '../xsd/included-files.js'
import { checkPayload, otherElement } from '../xsd/check-payload.js'
import type { MessageChecks } from './ready-contract.js'

/** Holds the Bodies of SOAP messages to one operation of a WSDL. */
export class SoapChecks implements MessageChecks {
  readonly #operation: WsdlOperation
  readonly #schemas: SchemaSet

  constructor(operation: WsdlOperation, schemas: SchemaSet) {
    this.#operation = operation
    this.#schemas = schemas
  }

  request(verified: Parameters<MessageChecks['request']>[0]): readonly Violation[] {
    if (verified.format !== 'soap') throw new TypeError('a request that is not SOAP')
    const { document } = verified
    return this.#payload(readAs(document), this.#operation.input, includedFiles(verified))
  }

  operation(verified: Parameters<MessageChecks['request']>[0]): readonly Violation[] {
    if (verified.format !== 'soap') throw new TypeError('a request that is not SOAP')
    const document = readAs(verified.document)
    const { body } = this.#operation.input
    const element = onlyElement(document, body)
    if (typeof element !== 'number') return [element]
    const other = otherElement(document, element, body)
    return other ? [other] : none
  }

  /** What is written by a schema keeps it: shapes are derived from it, values are written by its types. */
  derived(): readonly Violation[] {
    return none
  }

  reply(content: Parameters<MessageChecks['reply']>[0]): readonly Violation[] {
    if (content.format !== 'soap') return [violation('', 'mediaType', 'SOAP')]
    const { output } = this.#operation
    const document = readAs(content.document)
    const body = bodyOf(document)
    const first = document.firstChild(body)
    if (first !== undefined && document.is(first, document.namespace(document.root), 'Fault')) {
      // Of a failure and an answer each reader would take its own (SOAP 1.1 §4.4).
      return document.nextSibling(first) === undefined
        ? this.#fault(document, first)
        : [unexpectedBeside(document, first)]
    }
    if (output) return this.#payload(document, output, includedFiles(content))
    // One way: there is nothing to be said but that it failed.
    return first === undefined ? none : [violation(`/${document.localName(first)}`, 'unexpected')]
  }

  #payload(
    document: XmlDocument,
    { body }: WsdlMessage,
    files: IncludedFiles | undefined,
  ): readonly Violation[] {
    const element = onlyElement(document, body)
    if (typeof element !== 'number') return [element]
    return this.#element(document, element, body, files)
  }

  /** What a failure tells may be anything, but where the contract declares it, it is as declared. */
  #fault(document: XmlDocument, fault: XmlElement): readonly Violation[] {
    const detail = detailOf(document, fault)
    if (detail === undefined) return []
    const violations: Violation[] = []
    for (const child of document.children(detail)) {
      const declared = this.#operation.faults.find(({ element: { name } }) =>
        document.is(child, name.namespace, name.localName),
      )
      if (declared) violations.push(...this.#element(document, child, declared.element, undefined))
    }
    return violations
  }

  #element(
    document: XmlDocument,
    element: XmlElement,
    declaration: ElementDeclaration,
    files: IncludedFiles | undefined,
  ): readonly Violation[] {
    return checkPayload(document, element, declaration, this.#schemas, { files })
  }
}

const none: readonly Violation[] = []

/** What trust, and the adapter, read the envelope as: it is not read again. */
function readAs(document: object | undefined): XmlDocument {
  if (document instanceof XmlDocument) return document
  throw new TypeError('a SOAP message without what it was read as')
}

/** An envelope that was let in has one Body, the last of its children. */
function bodyOf(document: XmlDocument): XmlElement {
  const { root } = document
  const body = document.child(root, document.namespace(root), 'Body')
  if (body === undefined) throw new TypeError('an envelope without a Body')
  return body
}

/** What stands in the Body, if it is one thing. */
function onlyElement(document: XmlDocument, { name }: ElementDeclaration): XmlElement | Violation {
  const element = document.firstChild(bodyOf(document))
  if (element === undefined) return violation('', 'missing', name.localName)
  return document.nextSibling(element) === undefined ? element : unexpectedBeside(document, element)
}

/** The Body has one child. */
function unexpectedBeside(document: XmlDocument, first: XmlElement): Violation {
  const second = document.nextSibling(first) ?? first
  return violation(`/${document.localName(second)}`, 'unexpected', 'Body')
}

/** `detail` of SOAP 1.1 has no namespace, `Detail` of 1.2 has the envelope's. */
function detailOf(document: XmlDocument, fault: XmlElement): XmlElement | undefined {
  return (
    document.child(fault, '', 'detail') ??
    document.child(fault, document.namespace(document.root), 'Detail')
  )
}
