import type { ServiceId } from '../exchange/identifier.js'
import { messageNamespace } from '../exchange/message-names.js'
import { MappingError } from '../mediation/mapping-problem.js'
import type { RestForm } from '../mediation/rest-form.js'
import { escapedAttribute, escapedText } from '../mediation/xml-text.js'
import type { OpenApiDescription } from '../openapi/openapi-model.js'
import { jsonNamespace } from '../xsd/schema-model.js'
import { FormReader } from './read-form.js'
import { LayoutMaker } from './rest-layout.js'
import { ncNameOf } from './xml-names.js'
import { XsdWriter } from './xsd-writer.js'

/** Of whom a face in SOAP is. */
export interface SoapFaceTerms {
  /** With `*` in place of the subsystem, where it is the same of all that have such a service. */
  readonly service: ServiceId | `*/${string}`
  /** Whether the bus answers itself, that it has the message. */
  readonly isOneWay: boolean
}

/** The face of a REST service in SOAP. */
export interface SoapFace {
  /** WSDL 1.1, document/literal, SOAP 1.1 over HTTP, its schema inside, in UTF-8. */
  readonly wsdl: Uint8Array
  /** The schema alone. */
  readonly schema: string
  readonly form: RestForm
}

/**
 * A WSDL of a REST service for systems that speak SOAP, by the rules of README.md: one operation with the name of the
 * service code. The address in it is a mere placeholder: whoever serves it puts its own there.
 * @throws MappingError with everything in the description that cannot be carried over without loss
 */
export function soapFaceOf(
  description: OpenApiDescription,
  { service, isOneWay }: SoapFaceTerms,
): SoapFace {
  const namespace = namespaceOf(service)
  const code = ncNameOf(service.split('/').at(-2) ?? '')
  const reader = new FormReader(description.definitions)
  const writer = new XsdWriter(reader)
  const layout = new LayoutMaker(reader, writer, { namespace, code }).layout(description)
  const types = writer.types()
  if (reader.problems.length > 0) throw new MappingError(reader.problems)
  const schema = schemaText(namespace, layout.elements + types)
  const wsdl = Buffer.from(
    wsdlText({ namespace, code, schema, description, form: layout.form, isOneWay }),
  )
  return { wsdl, schema, form: layout.form }
}

/**
 * `urn:sluice:service:AZ:GOV:TN:DIPLOM:diplomMelumati:v1`, and `urn:sluice:service:sened:v1` of a format that many systems
 * have; what a URN cannot write is percent-encoded.
 */
export function namespaceOf(service: SoapFaceTerms['service']): string {
  const parts = service.split('/').filter((part) => part !== '*')
  return `urn:sluice:service:${parts.map(encodeURIComponent).join(':')}`
}

function schemaText(namespace: string, content: string): string {
  const name = escapedAttribute(namespace) ?? ''
  return (
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:json="${jsonNamespace}" ` +
    `xmlns:tns="${name}" targetNamespace="${name}" elementFormDefault="qualified">${content}</xs:schema>`
  )
}

interface WsdlParts {
  readonly namespace: string
  readonly code: string
  readonly schema: string
  readonly description: OpenApiDescription
  readonly form: RestForm
  readonly isOneWay: boolean
}

/** What a sender gets who is told later what became of its message. */
const acceptedSchema =
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="${messageNamespace}" elementFormDefault="qualified">` +
  '<xs:element name="accepted"><xs:complexType><xs:sequence><xs:element name="exchangeId" type="xs:string"/>' +
  '<xs:element name="messageId" type="xs:string"/><xs:element name="expires" type="xs:dateTime" minOccurs="0"/>' +
  '</xs:sequence></xs:complexType></xs:element></xs:schema>'

function wsdlText({ namespace, code, schema, description, form, isOneWay }: WsdlParts): string {
  // A failure of the provider is told of by a notice.
  const faults = isOneWay ? [] : form.operations.flatMap(({ faults: each }) => each)
  const faultNames = faults.map(({ element }) => element.localName)
  const name = escapedAttribute(namespace) ?? ''
  const message = (id: string, element: string, prefix = 'tns'): string =>
    `<message name="${id}"><part name="parameters" element="${prefix}:${element}"/></message>`
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" ' +
    `xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="${name}" ` +
    (isOneWay ? `xmlns:m="${messageNamespace}" ` : '') +
    `name="${code}" targetNamespace="${name}">` +
    documentation(description.title) +
    `<types>${schema}${isOneWay ? acceptedSchema : ''}</types>` +
    message(`${code}Input`, code) +
    (isOneWay
      ? message(`${code}Output`, 'accepted', 'm')
      : message(`${code}Output`, `${code}Response`)) +
    faultNames.map((fault) => message(fault, fault)).join('') +
    `<portType name="${code}PortType"><operation name="${code}">` +
    documentation(description.operations.map(({ summary }) => summary).join('\n')) +
    `<input message="tns:${code}Input"/><output message="tns:${code}Output"/>` +
    faultNames.map((fault) => `<fault name="${fault}" message="tns:${fault}"/>`).join('') +
    '</operation></portType>' +
    bindingText(code, faultNames) +
    `<service name="${code}Service"><port name="${code}Port" binding="tns:${code}Binding">` +
    '<soap:address location="https://localhost/"/></port></service></definitions>\n'
  )
}

function bindingText(code: string, faultNames: readonly string[]): string {
  const body = '<soap:body use="literal"/>'
  return (
    `<binding name="${code}Binding" type="tns:${code}PortType">` +
    '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>' +
    `<operation name="${code}"><soap:operation soapAction="" style="document"/>` +
    `<input>${body}</input><output>${body}</output>` +
    faultNames
      .map((name) => `<fault name="${name}"><soap:fault name="${name}" use="literal"/></fault>`)
      .join('') +
    '</operation></binding>'
  )
}

function documentation(text: string): string {
  const escaped = escapedText(text.trim()) ?? ''
  return escaped === '' ? '' : `<documentation>${escaped}</documentation>`
}
