import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readXml } from '../../src/xml/read-xml.js'
import { busWsdl, WsdlError } from './wsdl.js'

const address = 'https://bus.gov.az/soap?a=1&b=2'

/** As CXF and .NET write it: a SOAP 1.1, a SOAP 1.2 and an HTTP port, a policy, a header. */
const sample = `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="GCQ" targetNamespace="urn:gcq" xmlns:tns="urn:gcq" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/"
    xmlns:xroad="http://x-road.eu/xsd/xroad.xsd" xmlns:wsp="http://www.w3.org/ns/ws-policy">
  <wsdl:documentation>Giriş-çıxış</wsdl:documentation><wsp:Policy><wsp:Policy/></wsp:Policy>
  <wsdl:types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:gcq" elementFormDefault="qualified">
    <xs:import namespace="urn:other"/>
    <xs:element name="finAxtaris"><xs:complexType><xs:sequence><xs:element name="fin" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="finAxtarisResponse"><xs:complexType><xs:sequence><xs:element name="ad" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="basliq" type="xs:string"/>
  </xs:schema></wsdl:types>
  <wsdl:message name="ask"><wsdl:part name="body" element="tns:finAxtaris"/><wsdl:part name="h" element="tns:basliq"/></wsdl:message>
  <wsdl:message name="answer"><wsdl:part name="body" element="tns:finAxtarisResponse"/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="finAxtaris"><wsdl:input message="tns:ask"/><wsdl:output message="tns:answer"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="B" type="tns:P"><wsp:PolicyReference URI="#old"/>
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="finAxtaris"><soap:operation soapAction="urn:finAxtaris"/>
      <wsdl:input><soap:header message="tns:ask" part="h" use="literal"/><soap:body parts="body" use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation>
  </wsdl:binding>
  <wsdl:binding name="B12" type="tns:P"><soap12:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/></wsdl:binding>
  <wsdl:binding name="H" type="tns:P"><http:binding verb="GET"/></wsdl:binding>
  <wsdl:service name="S">
    <wsdl:port name="P" binding="tns:B"><soap:address location="http://10.20.1.7/gcq.asmx"/></wsdl:port>
    <wsdl:port name="P12" binding="tns:B12"><soap12:address location='http://10.20.1.7/gcq.asmx'></soap12:address></wsdl:port>
    <wsdl:port name="H" binding="tns:H"><wsp:PolicyReference URI="#x"/><http:address location="http://10.20.1.7/gcq.asmx"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
`

const served = (wsdl = sample, hasAttachments = false) =>
  busWsdl(Buffer.from(wsdl), { address, hasAttachments }).toString()

/** A file that is none, with one text for another. */
const changed = (from: string, to: string) => {
  expect(sample).toContain(from)
  return sample.replace(from, to)
}

describe('the WSDL that the bus serves', () => {
  it("names X-Road's header blocks at every SOAP input, with their schemas", () => {
    const text = served()
    const document = readXml(Buffer.from(text))
    expect(text.match(/<soap:header [^>]*message="own:sluiceRequestHeaders"/g)).toHaveLength(11)
    expect(text).toContain('<xs:element name="client" type="id:XRoadClientIdentifierType"/>')
    const [message] = [...document.children(document.root)].filter(
      (child) => document.attribute(child, '', 'name') === 'sluiceRequestHeaders',
    )
    expect([...document.children(message!)]).toHaveLength(11)
  })

  it('leaves a WSDL that names them already as it is', () => {
    const schema =
      '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://x-road.eu/xsd/xroad.xsd"/>'
    expect(served(changed('</wsdl:types>', `${schema}</wsdl:types>`))).not.toContain(
      'sluiceRequestHeaders',
    )
  })

  it("has the bus's address in every SOAP port and the provider's nowhere", () => {
    const text = served()
    readXml(Buffer.from(text))
    expect(text).not.toContain('10.20.1.7')
    expect(text.match(/location="https:\/\/bus\.gov\.az\/soap\?a=1&amp;b=2"/g)).toHaveLength(2)
    expect(text).not.toContain('name="H" binding')
  })

  it('has one policy, referred to by every SOAP binding; the own ones of the provider are gone', () => {
    const text = served()
    expect(text.match(/<wsp:PolicyReference [^>]*URI="#SluiceSignedMessages"\/>/g)).toHaveLength(2)
    expect(text).not.toContain('#old')
    expect(text.match(/<wsp:Policy [^>]*wsu:Id="SluiceSignedMessages">/g)).toHaveLength(1)
    expect(text).toContain('</wsdl:documentation><wsp:Policy xmlns:wsp=')
  })

  it('names the suite for RSA, and says in the policy for whom that is true', () => {
    const [policy = ''] = /<wsp:Policy [^>]*wsu:Id=.*<\/wsp:Policy>/.exec(served()) ?? []
    expect(policy).toContain('<sp:AlgorithmSuite><wsp:Policy><sp:Basic256Sha256/>')
    expect(policy).toContain('replySignature: rsa')
  })

  it('says exactly what must be signed', () => {
    const text = served()
    const signed = /<sp:SignedParts>(.*)<\/sp:SignedParts>/.exec(text)?.[1] ?? ''
    const names = [...signed.matchAll(/<sp:Header Name="([^"]+)"/g)].map(([, name]) => name)
    expect(signed).toMatch(/^<sp:Body\/>/)
    expect(names).toEqual([
      ...['client', 'service', 'id', 'protocolVersion', 'userId', 'issue', 'requestHash'],
      ...['securityServer', 'representedParty', 'domain', 'mode', 'purpose', 'legalBasis'],
      ...['correlationId', 'classification', 'expires', 'assertion', 'exchangeId', 'entry'],
      ...['filtered', 'receipt'],
    ])
    for (const assertion of ['IncludeTimestamp', 'Basic256Sha256', 'WssX509V3Token10']) {
      expect(text).toContain(`<sp:${assertion}/>`)
    }
    expect(signed).not.toContain('Attachments')
    expect(served(sample, true)).toContain('<sp:Attachments><sp13:ContentSignatureTransform')
  })

  it('is otherwise the same, byte for byte', () => {
    const rest = (text: string) =>
      text
        .replace(/<wsp:Policy [^>]*SluiceSigned.*?<\/sp:SignedParts>(?:<\/wsp:\w+>){3}/s, '')
        .replace(/<wsp:PolicyReference [^>]*>/g, '')
        .replace('<wsp:Policy><wsp:Policy/></wsp:Policy>', '')
        .replace(/<wsdl:port name="H".*<\/wsdl:port>/, '')
        .replace(/<(?:soap|soap12):address.*?(?=<\/wsdl:port>)/g, '')
        .replace(/<xs:schema [^>]*targetNamespace="(?!urn:gcq).*?<\/xs:schema>/g, '')
        .replace(/<wsdl:message [^>]*name="sluiceRequestHeaders">.*?<\/wsdl:message>/, '')
        .replace(/<soap:header [^>]*message="own:[^>]*>/g, '')
    expect(rest(served())).toBe(rest(sample))
  })

  it.each([
    [
      '<wsdl:types>',
      '<wsdl:import namespace="urn:x" location="x.wsdl"/><wsdl:types>',
      /wsdl:import/,
    ],
    [
      '<xs:import namespace="urn:other"/>',
      '<xs:import namespace="urn:o" schemaLocation="o.xsd"/>',
      /xs:import/,
    ],
    ['<xs:import namespace="urn:other"/>', '<xs:include schemaLocation="o.xsd"/>', /xs:include/],
    ['<wsdl:types>', '<wsdl:types wsp:PolicyURIs="#a">', /PolicyURIs/],
    ['</wsdl:definitions>', '', /ends too early/],
    ['<wsdl:definitions', '<!DOCTYPE a><wsdl:definitions', /document type/],
    [
      'http://schemas.xmlsoap.org/wsdl/"',
      'http://www.w3.org/ns/wsdl"',
      /no definitions of WSDL 1\.1/,
    ],
  ])('with %s becoming %s is refused by name', (from, to, reason) => {
    expect(() => served(changed(from, to))).toThrow(WsdlError)
    expect(() => served(changed(from, to))).toThrow(reason)
  })

  it('without a SOAP port is refused', () => {
    expect(() =>
      served(sample.replaceAll('soap:address', 'soap:adres').replaceAll('soap12:address', 'x')),
    ).toThrow(WsdlError)
  })

  it('whatever is cut out of a WSDL, what is served is well-formed, or it is refused', () => {
    fc.assert(
      fc.property(fc.nat(sample.length), fc.nat(200), (at, length) => {
        try {
          readXml(Buffer.from(served(sample.slice(0, at) + sample.slice(at + length))))
        } catch (error) {
          expect(error).toBeInstanceOf(WsdlError)
        }
      }),
      { numRuns: 300 },
    )
  })
})
