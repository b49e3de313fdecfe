import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Files of a contract's folder by their path. */
export type SampleFiles = Readonly<Record<string, string>>

export const identityNamespace = 'urn:example:din:gcq:v1'

/** What varies between versions of the sample contracts. */
export interface SampleTerms {
  readonly service: string
  /** Lines added to `contract.yaml`. */
  readonly settings?: string
  /** Elements added to the request, in XML Schema. */
  readonly requestElements?: string
}

function settingsOf({ service, settings = '' }: SampleTerms, description: string): string {
  return `contract: 1
service: ${service}
name: { az: Şəxsiyyətin yoxlanılması, en: Identity check }
description: ${description}
${settings}`
}

/** A contract with one description, whatever it is. */
export function describedBy(terms: SampleTerms, file: string, text: string): SampleFiles {
  return { 'contract.yaml': settingsOf(terms, file), [file]: text }
}

/** A service of messages in JSON Schema: a request, and a reply unless that is `none`. */
export function messageContract(terms: SampleTerms, reply: unknown = foundPerson): SampleFiles {
  const hasReply = reply !== 'none'
  const schemas = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: {
      request: {
        type: 'object',
        required: ['fin'],
        properties: {
          fin: { type: 'string', pattern: '^[0-9A-HJ-NP-Z]{7}$' },
          illər: { type: 'array', maxItems: 3, items: { type: 'integer', minimum: 2006 } },
        },
      },
      ...(hasReply && { reply }),
    },
  }
  return describedBy(terms, 'messages.schema.json', JSON.stringify(schemas))
}

export const foundPerson = {
  type: 'object',
  required: ['tapildi'],
  properties: { tapildi: { type: 'boolean' }, soyad: { type: 'string', maxLength: 50 } },
}

/** The identity check of SC-01, document/literal, with the types in a file of their own. */
export function soapContract(terms: SampleTerms): SampleFiles {
  return {
    'contract.yaml': settingsOf(terms, 'service.wsdl'),
    'service.wsdl': `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:t="${identityNamespace}" targetNamespace="${identityNamespace}">
  <wsdl:types>
    <xs:schema>
      <xs:import namespace="${identityNamespace}" schemaLocation="types/identity.xsd"/>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="Request"><wsdl:part name="body" element="t:yoxla"/></wsdl:message>
  <wsdl:message name="Response"><wsdl:part name="body" element="t:yoxlaResponse"/></wsdl:message>
  <wsdl:message name="Failure"><wsdl:part name="fault" element="t:YoxlaFault"/></wsdl:message>
  <wsdl:portType name="Identity">
    <wsdl:operation name="Yoxla">
      <wsdl:documentation>Checks a card and a PIN.</wsdl:documentation>
      <wsdl:input message="t:Request"/>
      <wsdl:output message="t:Response"/>
      <wsdl:fault name="Failure" message="t:Failure"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="IdentitySoap" type="t:Identity">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Yoxla">
      <soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
      <wsdl:fault name="Failure"><soap:fault name="Failure" use="literal"/></wsdl:fault>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="IdentityService">
    <wsdl:port name="IdentitySoap" binding="t:IdentitySoap">
      <soap:address location="http://localhost/"/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`,
    'types/identity.xsd': `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="${identityNamespace}"
    targetNamespace="${identityNamespace}" elementFormDefault="qualified">
  <xs:simpleType name="Fin">
    <xs:restriction base="xs:string"><xs:pattern value="[0-9A-HJ-NP-Z]{7}"/></xs:restriction>
  </xs:simpleType>
  <xs:element name="yoxla">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="SenedNomresi">
          <xs:simpleType>
            <xs:restriction base="xs:string"><xs:maxLength value="8"/></xs:restriction>
          </xs:simpleType>
        </xs:element>
        <xs:element name="Fin" type="t:Fin"/>
        <xs:element name="Say" type="xs:int" minOccurs="0"/>
        ${terms.requestElements ?? ''}
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="yoxlaResponse">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="tapildi" type="xs:boolean"/>
        <xs:element name="soyad" minOccurs="0">
          <xs:simpleType>
            <xs:restriction base="xs:string"><xs:maxLength value="50"/></xs:restriction>
          </xs:simpleType>
        </xs:element>
        <xs:element name="dogumTarixi" type="xs:date" minOccurs="0"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="YoxlaFault">
    <xs:complexType><xs:sequence><xs:element name="kod" type="xs:int"/></xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>
`,
  }
}

/** Writes the files of a contract into a folder. @returns the folder */
export async function writeContract(folder: string, files: SampleFiles): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  return folder
}
