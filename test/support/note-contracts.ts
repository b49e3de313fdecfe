import type { SampleFiles } from './contract-samples.js'
import { subsystems } from './whole-bus-sample.js'

/** A note that is given back, as a REST service and as a SOAP service. */
export const restService = `${subsystems.taxes}/qeyd/v1`
export const soapService = `${subsystems.education}/qeyd/v1`
export const soapNamespace = 'urn:example:qeyd:v1'

export const restContract: SampleFiles = {
  'contract.yaml': `contract: 1
service: ${restService}
name: { az: Qeyd, en: Note }
description: openapi.yaml
`,
  'openapi.yaml': `openapi: 3.0.3
info: { title: Qeyd, version: '1' }
paths:
  /:
    post:
      operationId: qeyd
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Qeyd' }
      responses:
        '200':
          description: Qeyd
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Qeyd' }
        '404':
          description: Yoxdur
          content:
            application/json:
              schema: { type: object, required: [sebeb], properties: { sebeb: { type: string } } }
components:
  schemas:
    Qeyd:
      type: object
      required: [mesaj, say]
      properties:
        mesaj: { type: string, maxLength: 200 }
        say: { type: string, pattern: '^[0-9]{1,9}([.][0-9]{1,2})?$' }
`,
}

export const soapContract: SampleFiles = {
  'contract.yaml': `contract: 1
service: ${soapService}
name: { az: Qeyd, en: Note }
description: service.wsdl
`,
  'service.wsdl': `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" targetNamespace="${soapNamespace}"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="${soapNamespace}">
  <wsdl:types>
    <xs:schema targetNamespace="${soapNamespace}" elementFormDefault="qualified">
      <xs:complexType name="Qeyd">
        <xs:sequence><xs:element name="mesaj" type="xs:string"/><xs:element name="say" type="xs:decimal"/></xs:sequence>
      </xs:complexType>
      <xs:element name="qeyd" type="t:Qeyd"/>
      <xs:element name="qeydResponse" type="t:Qeyd"/>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="in"><wsdl:part name="body" element="t:qeyd"/></wsdl:message>
  <wsdl:message name="out"><wsdl:part name="body" element="t:qeydResponse"/></wsdl:message>
  <wsdl:portType name="P">
    <wsdl:operation name="qeyd"><wsdl:input message="t:in"/><wsdl:output message="t:out"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="B" type="t:P">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="qeyd">
      <soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="P" binding="t:B"><soap:address location="http://localhost/"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`,
}

/** The same note as messages of queues. */
export const queueService = `${subsystems.personnel}/qeyd/v1`

export const queueContract: SampleFiles = {
  'contract.yaml': `contract: 1
service: '*/qeyd/v1'
name: { az: Qeyd, en: Note }
description: messages.schema.yaml
`,
  'messages.schema.yaml': `$schema: https://json-schema.org/draft/2020-12/schema
$defs:
  request: { $ref: '#/$defs/qeyd' }
  reply: { $ref: '#/$defs/qeyd' }
  qeyd:
    type: object
    required: [mesaj, say]
    properties:
      mesaj: { type: string, maxLength: 200 }
      say: { type: string, pattern: '^[0-9]{1,9}([.][0-9]{1,2})?$' }
`,
}

/** Notes that nobody answers: the contract of any system's. */
export const messageContract: SampleFiles = {
  'contract.yaml': `contract: 1
service: '*/xeber/v1'
name: { az: Xəbər, en: Message }
description: messages.schema.yaml
pattern: one-way
`,
  'messages.schema.yaml': `$schema: https://json-schema.org/draft/2020-12/schema
$defs:
  request:
    type: object
    required: [mesaj, say]
    properties:
      mesaj: { type: string, maxLength: 200 }
      say: { type: string, pattern: '^[0-9]{1,9}([.][0-9]{1,2})?$' }
`,
}
