import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { isUri } from '../../src/xml/uri.js'
import { identifiersNamespace, sluiceNamespace, xroadNamespace } from './names.js'
import { escapedAttribute } from './write-xml.js'

const wsdlNamespace = 'http://schemas.xmlsoap.org/wsdl/'
const schemaNamespace = 'http://www.w3.org/2001/XMLSchema'

/** The header blocks that a description names; a consumer's tool makes each a parameter of the call. */
const xroadBlocks = ['client', 'service', 'id', 'protocolVersion', 'userId', 'issue'] as const
const sluiceBlocks = ['mode', 'purpose', 'legalBasis', 'correlationId', 'assertion'] as const

/** Name of the message whose parts are the header blocks; the provider's own messages are called otherwise. */
const messageName = 'sluiceRequestHeaders'

/** Bytes to be put in at an offset. */
export interface Insertion {
  readonly at: number
  readonly text: string
}

/**
 * What a provider's WSDL lacks for consumers' tools to know the header blocks of X-Road and ours: their schemas, a
 * message of them, and a `soap:header` for each at every SOAP input.
 * @returns nothing for a WSDL that describes X-Road's blocks by itself
 */
export function headerInsertions(document: XmlDocument): Insertion[] {
  const inputs = soapBodies(document)
  const namespace = document.attribute(document.root, '', 'targetNamespace') ?? ''
  // A message is referred to by its namespace; what none can be declared for has no headers.
  if (inputs.length === 0 || !isUri(namespace) || describesHeaders(document)) return []
  const atInputs = inputs.map((body) => ({
    at: document.range(body).start,
    text: headerBindings(namespace, document.namespace(body)),
  }))
  return [schemaInsertion(document), { at: firstPortType(document), text: message }, ...atInputs]
}

function describesHeaders(document: XmlDocument): boolean {
  for (const element of document.inside(document.root)) {
    const isSchema = document.is(element, schemaNamespace, 'schema')
    if (isSchema && document.attribute(element, '', 'targetNamespace') === xroadNamespace)
      return true
  }
  return false
}

/** Every `soap:body` within an `input` of a binding. */
function soapBodies(document: XmlDocument): XmlElement[] {
  const bodies: XmlElement[] = []
  for (const binding of document.children(document.root)) {
    if (!document.is(binding, wsdlNamespace, 'binding')) continue
    for (const input of document.inside(binding)) {
      if (!document.is(input, wsdlNamespace, 'input')) continue
      for (const body of document.inside(input)) {
        const isSoap = document.namespace(body).startsWith(`${wsdlNamespace}soap`)
        if (isSoap && document.localName(body) === 'body') bodies.push(body)
      }
    }
  }
  return bodies
}

function schemaInsertion(document: XmlDocument): Insertion {
  const types = document.child(document.root, wsdlNamespace, 'types')
  if (types !== undefined) {
    const { start, end } = document.contentRange(types)
    if (document.range(types).end > end) return { at: end > start ? end : start, text: schemas }
  }
  const whole = `<wsdl:types xmlns:wsdl="${wsdlNamespace}">${schemas}</wsdl:types>`
  return { at: firstOf(document, ['message', 'portType']), text: whole }
}

function firstPortType(document: XmlDocument): number {
  return firstOf(document, ['portType', 'binding'])
}

function firstOf(document: XmlDocument, localNames: readonly string[]): number {
  for (const child of document.children(document.root)) {
    const isOne = localNames.includes(document.localName(child))
    if (isOne && document.namespace(child) === wsdlNamespace) return document.range(child).start
  }
  return document.contentRange(document.root).end
}

function headerBindings(targetNamespace: string, soapNamespace: string): string {
  const attributes =
    `xmlns:soap="${soapNamespace}" xmlns:own="${escapedAttribute(targetNamespace)}"` +
    ` message="own:${messageName}"`
  return [...xroadBlocks, ...sluiceBlocks]
    .map((part) => `<soap:header ${attributes} part="${part}" use="literal"/>`)
    .join('')
}

const parts = [
  ...xroadBlocks.map((name) => `<wsdl:part name="${name}" element="xroad:${name}"/>`),
  ...sluiceBlocks.map((name) => `<wsdl:part name="${name}" element="sluice:${name}"/>`),
]

const message =
  `<wsdl:message xmlns:wsdl="${wsdlNamespace}" xmlns:xroad="${xroadNamespace}"` +
  ` xmlns:sluice="${sluiceNamespace}" name="${messageName}">${parts.join('')}</wsdl:message>`

const subsystemParts = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']
const serviceParts = [...subsystemParts, 'serviceCode', 'serviceVersion']

function textElement(name: string): string {
  return `<xs:element name="${name}" type="xs:string"/>`
}

/** An identifier of X-Road, of these elements. */
function identifierType(name: string, names: readonly string[]): string {
  const references = names.map((part) => `<xs:element ref="id:${part}"/>`).join('')
  return (
    `<xs:complexType name="${name}"><xs:sequence>${references}</xs:sequence>` +
    '<xs:attribute ref="id:objectType" use="required"/></xs:complexType>'
  )
}

function schema(targetNamespace: string, content: string): string {
  return (
    `<xs:schema xmlns:xs="${schemaNamespace}" xmlns:id="${identifiersNamespace}"` +
    ` targetNamespace="${targetNamespace}" elementFormDefault="qualified">${content}</xs:schema>`
  )
}

const schemas =
  schema(
    identifiersNamespace,
    '<xs:attribute name="objectType" type="xs:string"/>' +
      serviceParts.map(textElement).join('') +
      identifierType('XRoadClientIdentifierType', subsystemParts) +
      identifierType('XRoadServiceIdentifierType', serviceParts),
  ) +
  schema(
    xroadNamespace,
    `<xs:import namespace="${identifiersNamespace}"/>` +
      '<xs:element name="client" type="id:XRoadClientIdentifierType"/>' +
      '<xs:element name="service" type="id:XRoadServiceIdentifierType"/>' +
      xroadBlocks.slice(2).map(textElement).join(''),
  ) +
  schema(sluiceNamespace, sluiceBlocks.map(textElement).join(''))
