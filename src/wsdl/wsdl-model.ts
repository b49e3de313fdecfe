import type { ElementDeclaration, SchemaSet, XmlName } from '../xsd/schema-model.js'

/** A WSDL 1.1 description with its schemas, read from files alone. */
export interface WsdlDescription {
  readonly targetNamespace: string
  readonly serviceName: string
  readonly operations: readonly WsdlOperation[]
  readonly schemas: SchemaSet
}

/** One operation of the SOAP binding that the bus uses (SOAP 1.1 where there is one, else SOAP 1.2). */
export interface WsdlOperation {
  readonly name: string
  readonly documentation: string
  readonly soapVersion: '1.1' | '1.2'
  /** Undefined where the binding says none or the empty one. */
  readonly soapAction: string | undefined
  readonly style: 'document' | 'rpc'
  readonly input: WsdlMessage
  /** Undefined for a one-way operation. */
  readonly output: WsdlMessage | undefined
  readonly faults: readonly WsdlFault[]
}

/** What stands in the Body, literally. An rpc operation's wrapper is made into an element declaration. */
export interface WsdlMessage {
  readonly body: ElementDeclaration
  /** Parts bound by `mime:content`, or other attachments that the binding names. */
  readonly attachments: readonly WsdlAttachment[]
  readonly headers: readonly XmlName[]
}

export interface WsdlAttachment {
  readonly part: string
  /** Media types that the binding allows, any where empty. */
  readonly mediaTypes: readonly string[]
}

export interface WsdlFault {
  readonly name: string
  /** The child of `detail`. */
  readonly element: ElementDeclaration
}
