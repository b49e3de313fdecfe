import type { SampleFiles } from './contract-samples.js'
import { subsystems } from './whole-bus-sample.js'

/* An application with a signed file, answered with a file: a SOAP service of each packaging, and a REST service. */

export const fileNamespace = 'urn:example:muraciet:v1'
export const restFileService = `${subsystems.taxes}/muraciet/v1`
export const restFileNamespace = `urn:sluice:service:${restFileService.replaceAll('/', ':')}`

/** How a service has its files; each is a service of its own, called so. */
export const fileForms = {
  swa: { attachments: 'multipart', soapAttachments: 'swa' },
  mtom: { attachments: 'multipart', soapAttachments: 'mtom' },
  inline: { attachments: 'multipart', soapAttachments: 'inline' },
  swaInJson: { attachments: 'base64', soapAttachments: 'swa' },
} as const

export type FileService = keyof typeof fileForms

export const fileServices = Object.keys(fileForms) as readonly FileService[]

export const fileServiceId = (service: FileService): string =>
  `${subsystems.education}/${service}/v1`

const settings = (service: string, description: string, more = ''): string => `contract: 1
service: ${service}
name: { az: Müraciət, en: Application }
description: ${description}
${more}`

/** The contract of one of the SOAP services. */
export function fileContract(service: FileService): SampleFiles {
  const { attachments, soapAttachments } = fileForms[service]
  const files = `attachments: ${attachments}\nsoapAttachments: ${soapAttachments}\n`
  return {
    'contract.yaml': settings(fileServiceId(service), 'service.wsdl', files),
    'service.wsdl': soapAttachments === 'swa' ? wsdlOf(swaParts) : wsdlOf(elementParts),
  }
}

interface Parts {
  readonly element: string
  readonly part: string
  readonly bound: (part: string) => string
}

/** The file is an attachment that the binding names. */
const swaParts: Parts = {
  element: '',
  part: '<wsdl:part name="sened" type="xs:base64Binary"/>',
  bound: (part) =>
    `<mime:multipartRelated><mime:part><soap:body parts="${part}" use="literal"/></mime:part>` +
    '<mime:part><mime:content part="sened" type="application/pdf"/></mime:part></mime:multipartRelated>',
}

/** The file is an element. */
const elementParts: Parts = {
  element: '<xs:element name="sened" type="xs:base64Binary" minOccurs="0"/>',
  part: '',
  bound: () => '<soap:body use="literal"/>',
}

const wsdlOf = ({ element, part, bound }: Parts): string => `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" targetNamespace="${fileNamespace}"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="${fileNamespace}">
  <wsdl:types>
    <xs:schema targetNamespace="${fileNamespace}" elementFormDefault="qualified">
      <xs:element name="muraciet"><xs:complexType><xs:sequence>
        <xs:element name="saxlayici" type="xs:string"/>${element}
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="cavab"><xs:complexType><xs:sequence>
        <xs:element name="muracietNo" type="xs:string"/>${element}
      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="in"><wsdl:part name="sorgu" element="t:muraciet"/>${part}</wsdl:message>
  <wsdl:message name="out"><wsdl:part name="cavab" element="t:cavab"/>${part}</wsdl:message>
  <wsdl:portType name="P">
    <wsdl:operation name="muraciet"><wsdl:input message="t:in"/><wsdl:output message="t:out"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="B" type="t:P">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="muraciet">
      <soap:operation soapAction=""/>
      <wsdl:input>${bound('sorgu')}</wsdl:input>
      <wsdl:output>${bound('cavab')}</wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="http://localhost/"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`

/** A REST service that has its files as base64 in JSON. */
export const restFileContract: SampleFiles = {
  'contract.yaml': settings(restFileService, 'openapi.yaml'),
  'openapi.yaml': `openapi: 3.0.3
info: { title: Müraciət, version: '1' }
paths:
  /:
    post:
      operationId: muraciet
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [saxlayici, sened]
              properties:
                saxlayici: { type: string, maxLength: 200 }
                sened: { type: string, format: byte }
      responses:
        '200':
          description: Cavab
          content:
            application/json:
              schema:
                type: object
                required: [muracietNo, sened]
                properties:
                  muracietNo: { type: string, maxLength: 40 }
                  sened: { type: string, format: byte }
`,
}
