import { describe, expect, it } from '@jest/globals'
import {
  changed,
  filesOf,
  http,
  problemsOf,
  sample,
  told,
} from '../../test/support/wsdl-samples.js'
import { wsdlBytesMax } from '../limits/contracts.js'
import { readWsdl } from './read-wsdl.js'

const rpc: readonly [string, string] = ['<soap:operation ', '<soap:operation style="rpc" ']
const rpcBody: readonly [string, string] = [
  '<input><soap:body use="literal"/>',
  '<input><soap:body use="literal" namespace="urn:t"/>',
]
const rpcAnswer: readonly [string, string] = [
  '<output><soap:body use="literal"/>',
  '<output><soap:body use="literal" namespace="urn:t"/>',
]

describe('a WSDL', () => {
  it('has what its operations say', () => {
    const { targetNamespace, serviceName, operations } = readWsdl(
      filesOf({ 'a.wsdl': sample }),
      'a.wsdl',
    )
    const [operation] = operations
    expect([targetNamespace, serviceName, operations.length]).toEqual(['urn:t', 'S', 1])
    expect(operation).toMatchObject({
      ...{
        name: 'op',
        documentation: 'One line',
        soapVersion: '1.1',
        soapAction: 'urn:op',
        style: 'document',
      },
      input: {
        body: { name: { namespace: 'urn:t', localName: 'A' } },
        attachments: [],
        headers: [],
      },
      faults: [{ name: 'bad', element: { name: { localName: 'F' } } }],
    })
  })

  it('has its attachments and headers, which are not in the Body', () => {
    const text = changed(
      [
        '<part name="p" element="t:A"/></message>',
        '<part name="p" element="t:A"/><part name="h" element="t:F"/><part name="f" type="xs:base64Binary"/></message>',
      ],
      [
        '<input><soap:body use="literal"/></input>',
        '<input><soap:header message="t:in" part="h" use="literal"/><mime:multipartRelated><mime:part><soap:body use="literal"/></mime:part>' +
          '<mime:part><mime:content part="f" type="image/png"/><mime:content part="f" type="image/jpeg"/></mime:part></mime:multipartRelated></input>',
      ],
    )
    const [operation] = readWsdl(filesOf({ 'a.wsdl': text }), 'a.wsdl').operations
    expect(operation?.input.attachments).toEqual([
      { part: 'f', mediaTypes: ['image/png', 'image/jpeg'] },
    ])
    expect(operation?.input.headers).toEqual([{ namespace: 'urn:t', localName: 'F' }])
  })

  it('is one-way where neither port type nor binding has an output', () => {
    const text = changed(
      ['<output message="t:out"/>', ''],
      ['<output><soap:body use="literal"/></output>', ''],
    )
    expect(readWsdl(filesOf({ 'a.wsdl': text }), 'a.wsdl').operations[0]?.output).toBeUndefined()
  })

  it.each<[string, string, ...(readonly [string, string])[]]>([
    ['no SOAP port', 'a.wsdl:0: The WSDL has no SOAP port', ['soap:address', 'soap:addres']],
    [
      'a transport other than HTTP',
      'a.wsdl:8: A SOAP binding must have the transport',
      [http, 'urn:smtp'],
    ],
    [
      'a port whose binding is not there',
      'a.wsdl:13: There is no binding "t:C"',
      ['binding="t:B"', 'binding="t:C"'],
    ],
    [
      'a prefix that is not declared',
      'a.wsdl:13: There is no binding "q:B"',
      ['binding="t:B"', 'binding="q:B"'],
    ],
    [
      'a binding whose port type is not there',
      'a.wsdl:8: There is no portType',
      ['type="t:P"', 'type="t:Q"'],
    ],
    [
      'a message that is not there',
      'a.wsdl:7: There is no message "t:no"',
      ['message="t:in"', 'message="t:no"'],
    ],
    [
      'a message twice',
      'a.wsdl:4: The message "in" is there more than once',
      ['name="out"', 'name="in"'],
    ],
    [
      'an operation that the port type has not',
      'a.wsdl:9: The portType has no operation "op"',
      ['<operation name="op"><doc', '<operation name="other"><doc'],
    ],
    [
      'an operation twice',
      'a.wsdl:12: The operation "op" is there more than once',
      ['</operation></binding>', '</operation><operation name="op"/></binding>'],
    ],
    ['no input', 'a.wsdl:6: op: there is no input', ['<input message="t:in"/>', '']],
    [
      'an output of the port type alone',
      'a.wsdl:6: op: the output is in',
      ['<output><soap:body use="literal"/></output>', ''],
    ],
    [
      'an output of the binding alone',
      'a.wsdl:6: op: the output is in',
      ['<output message="t:out"/>', ''],
    ],
    [
      'the answer first',
      'a.wsdl:6: op: output before input',
      [
        '<input message="t:in"/><output message="t:out"/>',
        '<output message="t:out"/><input message="t:in"/>',
      ],
    ],
    [
      'an unknown style',
      'a.wsdl:9: There is no style "odd"',
      ['<soap:operation ', '<soap:operation style="odd" '],
    ],
    ['no soap:body', 'a.wsdl:10: The binding has no soap:body', ['<soap:body', '<soap:bod']],
    ['an encoded request', 'a.wsdl:10: SOAP encoding', ['use="literal"', 'use="encoded"']],
    [
      'an encoded fault',
      'a.wsdl:12: SOAP encoding',
      ['<soap:fault name="bad" use="literal"', '<soap:fault name="bad" use="encoded"'],
    ],
    [
      'an encoded header',
      'a.wsdl:10: SOAP encoding',
      ['<input><', '<input><soap:header message="t:bad" part="p" use="encoded"/><'],
    ],
    [
      'a header without an element',
      'a.wsdl:10: A soap:header must name',
      ['<input><', '<input><soap:header message="t:bad" part="q" use="literal"/><'],
    ],
    [
      'two parts in the Body',
      'a.wsdl:3: A document/literal message must have exactly one',
      [
        '<part name="p" element="t:A"/>',
        '<part name="p" element="t:A"/><part name="q" element="t:A"/>',
      ],
    ],
    [
      'no part in the Body',
      'a.wsdl:3: A document/literal message must have exactly one',
      ['<part name="p" element="t:A"/>', ''],
    ],
    [
      'a document part with a type',
      'a.wsdl:3: A part of document/literal must have an element',
      ['element="t:A"', 'type="xs:string"'],
    ],
    [
      'an element that no schema has',
      'a.wsdl:3: The schemas have no element "B"',
      ['element="t:A"', 'element="t:B"'],
    ],
    [
      'an rpc part with an element',
      'a.wsdl:3: A part of rpc/literal must have a type',
      rpc,
      rpcBody,
      rpcAnswer,
    ],
    [
      'rpc without a namespace',
      'a.wsdl:10: The soap:body of rpc/literal must have a namespace',
      rpc,
    ],
    [
      'a type that no schema has',
      'a.wsdl:3: The schemas have no type "T"',
      rpc,
      rpcBody,
      rpcAnswer,
      ['element="t:A"', 'type="t:T"'],
    ],
    [
      'a fault with a type',
      'a.wsdl:5: The message of a fault must have one part',
      ['element="t:F"', 'type="xs:int"'],
    ],
    [
      'a fault of two parts',
      'a.wsdl:5: The message of a fault must have one part',
      [
        '<part name="p" element="t:F"/>',
        '<part name="p" element="t:F"/><part name="q" element="t:F"/>',
      ],
    ],
    [
      'a schema that is refused',
      'a.wsdl:2: There is no such component',
      ['type="xs:int"', 'type="t:none"'],
    ],
    [
      'a schema elsewhere',
      'a.wsdl:2: The file is not among those of the contract: http://b.example/b.xsd',
      [
        '<xs:element name="A"',
        '<xs:import namespace="urn:b" schemaLocation="http://b.example/b.xsd"/><xs:element name="A"',
      ],
    ],
    [
      'an import that is not there',
      'a.wsdl:2: The imported WSDL is not among the files',
      ['<types>', '<import namespace="urn:b" location="b.wsdl"/><types>'],
    ],
  ])('with %s is refused by name', (_, first, ...changes) => {
    expect(told({ 'a.wsdl': changed(...changes) })[0]).toContain(first)
  })

  it.each<[string, string, Record<string, string | Uint8Array>]>([
    ['that is not there', 'a.wsdl:0: The file is not there', {}],
    [
      'that is too large',
      'a.wsdl:0: The WSDL is too large',
      { 'a.wsdl': Buffer.alloc(wsdlBytesMax + 1, ' ') },
    ],
    ['that is no XML', 'a.wsdl:1: The XML is not accepted', { 'a.wsdl': 'x' }],
    [
      'with a document type',
      'a.wsdl:1: The XML is not accepted',
      { 'a.wsdl': `<!DOCTYPE a>${sample}` },
    ],
    [
      'of WSDL 2.0',
      'a.wsdl:1: The root element is not definitions',
      { 'a.wsdl': '<description xmlns="http://www.w3.org/ns/wsdl"/>' },
    ],
  ])('%s is refused', (_, first, files) => {
    expect(told(files)[0]).toContain(first)
  })

  it('tells everything that is wrong, in both languages', () => {
    const problems = problemsOf({
      'a.wsdl': changed(['element="t:A"', 'element="t:B"'], ['element="t:F"', 'element="t:G"']),
    })
    expect(problems.map(({ line }) => line)).toEqual([3, 5])
    expect(problems[0]?.text).toEqual({
      az: 'Sxemlərdə «B» elementi yoxdur',
      en: 'The schemas have no element "B"',
    })
  })
})
