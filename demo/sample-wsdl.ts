import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identifiersNamespace, sluiceNamespace, xroadNamespace } from '../adapters/soap/names.js'
import { services } from './sample-registry.js'
import { interiorNamespace, socialFundNamespace } from './soap-agencies.js'

interface Description {
  readonly namespace: string
  /** Elements of the request and of the answer, in XML Schema. */
  readonly asked: string
  readonly answered: string
}

const element = (name: string, type = 'string', terms = ''): string =>
  `<xs:element name="${name}" type="xs:${type}"${terms}/>`
const optional = (name: string, type = 'string'): string => element(name, type, ' minOccurs="0"')
const nested = (name: string, inside: string, terms = ' minOccurs="0"'): string =>
  `<xs:element name="${name}"${terms}><xs:complexType><xs:sequence>${inside}</xs:sequence></xs:complexType></xs:element>`
const list = (name: string, item: string, inside: string): string =>
  nested(name, nested(item, inside, ' minOccurs="0" maxOccurs="unbounded"'))

const descriptions: Readonly<Record<string, Description>> = {
  [services.personByPin]: {
    namespace: interiorNamespace,
    asked: element('fin') + optional('soyad'),
    answered:
      element('fin') +
      element('tapildi', 'boolean') +
      ['adSoyad', 'soyad', 'ad', 'ataAdi'].map((name) => optional(name)).join('') +
      optional('dogumTarixi', 'date') +
      ['cins', 'vetendasliq', 'senedVeziyyeti'].map((name) => optional(name)).join(''),
  },
  [services.pensionCapital]: {
    namespace: socialFundNamespace,
    asked: element('fin') + optional('sosialSigortaNomresi'),
    answered:
      element('sigortaOlunub', 'boolean') +
      optional('sosialSigortaNomresi') +
      optional('valyuta') +
      list('iller', 'il', element('il', 'gYear') + element('kapital', 'decimal')) +
      optional('cemi', 'decimal') +
      optional('tarix', 'date'),
  },
  [services.contributions]: {
    namespace: socialFundNamespace,
    asked:
      element('fin') +
      optional('sosialSigortaNomresi') +
      element('il', 'gYear') +
      optional('aylarUzre', 'boolean') +
      optional('sigortaedenVoen'),
    answered:
      element('il', 'gYear') +
      list(
        'sigortaedenler',
        'sigortaeden',
        ['ad', 'voen', 'dsmfUcotNomresi'].map((name) => element(name)).join('') +
          element('gelir', 'decimal') +
          element('odenilmisHaqq', 'decimal') +
          list(
            'aylar',
            'ay',
            element('ay', 'int') +
              element('gelir', 'decimal') +
              element('odenilmisHaqq', 'decimal'),
          ),
      ),
  },
}

/**
 * Writes the WSDL of each SOAP service, as its agency would hand it in.
 * @returns the files, by service
 */
export function writeSampleWsdls(folder: string): Record<string, string> {
  const files: Record<string, string> = {}
  mkdirSync(folder, { recursive: true })
  for (const [service, description] of Object.entries(descriptions)) {
    const operation = service.split('/').at(-2) ?? ''
    const file = join(folder, `${operation}.wsdl`)
    writeFileSync(file, wsdlOf(operation, description))
    files[service] = file
  }
  return files
}

function wsdlOf(operation: string, { namespace, asked, answered }: Description): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="${operation}" targetNamespace="${namespace}" xmlns:tns="${namespace}"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xroad="${xroadNamespace}"
    xmlns:id="${identifiersNamespace}" xmlns:sluice="${sluiceNamespace}">
  <wsdl:types>
    <xs:schema targetNamespace="${namespace}" elementFormDefault="qualified">
      ${nested(operation, asked, '')}
      ${nested(`${operation}Response`, answered, '')}
    </xs:schema>
${headerSchemas}
  </wsdl:types>
  <wsdl:message name="sorgu"><wsdl:part name="body" element="tns:${operation}"/></wsdl:message>
  <wsdl:message name="cavab"><wsdl:part name="body" element="tns:${operation}Response"/></wsdl:message>
  <wsdl:message name="basliqlar">${headerParts(
    (name, prefix) => `<wsdl:part name="${name}" element="${prefix}:${name}"/>`,
  )}</wsdl:message>
  <wsdl:portType name="${operation}PortType">
    <wsdl:operation name="${operation}">
      <wsdl:input message="tns:sorgu"/><wsdl:output message="tns:cavab"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="${operation}Binding" type="tns:${operation}PortType">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="${operation}">
      <soap:operation soapAction=""/>
      <wsdl:input>${headerParts(
        (name) => `<soap:header message="tns:basliqlar" part="${name}" use="literal"/>`,
      )}<soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="${operation}Service">
    <wsdl:port name="${operation}Port" binding="tns:${operation}Binding">
      <soap:address location="http://${operation.toLowerCase()}.example/xidmet"/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`
}

const xroadBlocks = ['client', 'service', 'id', 'protocolVersion', 'userId', 'issue']
const sluiceBlocks = ['mode', 'legalBasis', 'correlationId']

function headerParts(written: (name: string, prefix: string) => string): string {
  const blocks = [
    ...xroadBlocks.map((name) => written(name, 'xroad')),
    ...sluiceBlocks.map((name) => written(name, 'sluice')),
  ]
  return blocks.map((text) => `\n        ${text}`).join('')
}

const memberParts = ['xRoadInstance', 'memberClass', 'memberCode', 'subsystemCode']
const serviceParts = [...memberParts, 'serviceCode', 'serviceVersion']

/** An identifier of X-Road, of these elements. */
function identifierType(name: string, parts: readonly string[]): string {
  const references = parts.map((part) => `<xs:element ref="id:${part}"/>`).join('')
  return (
    `<xs:complexType name="${name}"><xs:sequence>${references}</xs:sequence>` +
    '<xs:attribute ref="id:objectType" use="required"/></xs:complexType>'
  )
}

const headerSchemas = `    <xs:schema targetNamespace="${identifiersNamespace}" elementFormDefault="qualified">
      <xs:attribute name="objectType" type="xs:string"/>
      ${serviceParts.map((name) => element(name)).join('')}
      ${identifierType('XRoadClientIdentifierType', memberParts)}
      ${identifierType('XRoadServiceIdentifierType', serviceParts)}
    </xs:schema>
    <xs:schema targetNamespace="${xroadNamespace}" elementFormDefault="qualified">
      <xs:import namespace="${identifiersNamespace}"/>
      <xs:element name="client" type="id:XRoadClientIdentifierType"/>
      <xs:element name="service" type="id:XRoadServiceIdentifierType"/>
      ${xroadBlocks
        .slice(2)
        .map((name) => element(name))
        .join('')}
    </xs:schema>
    <xs:schema targetNamespace="${sluiceNamespace}" elementFormDefault="qualified">
      ${sluiceBlocks.map((name) => element(name)).join('')}
    </xs:schema>`
