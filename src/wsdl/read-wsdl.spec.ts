import { describe, expect, it } from '@jest/globals'
import { corpus } from '../../test/support/wsdl-corpus.js'
import { mutated, Random } from '../../test/support/random-xml.js'
import { wsdlBytesMax, wsdlFilesMax, wsdlLimits } from '../limits.js'
import { bundleWsdl } from './bundle-wsdl.js'
import { readWsdl } from './read-wsdl.js'
import { WsdlError, type WsdlProblem } from './wsdl-error.js'

const namespaces =
  'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" ' +
  'xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"'
const http = 'http://schemas.xmlsoap.org/soap/http'

/** A line each, so that a refusal's line says what is meant. */
const sample = `<definitions ${namespaces} targetNamespace="urn:t">
<types><xs:schema targetNamespace="urn:t"><xs:element name="A" type="xs:string"/><xs:element name="F" type="xs:int"/></xs:schema></types>
<message name="in"><part name="p" element="t:A"/></message>
<message name="out"><part name="p" element="t:A"/></message>
<message name="bad"><part name="p" element="t:F"/></message>
<portType name="P"><operation name="op"><documentation> One
  line </documentation><input message="t:in"/><output message="t:out"/><fault name="bad" message="t:bad"/></operation></portType>
<binding name="B" type="t:P"><soap:binding transport="${http}"/>
<operation name="op"><soap:operation soapAction="urn:op"/>
<input><soap:body use="literal"/></input>
<output><soap:body use="literal"/></output>
<fault name="bad"><soap:fault name="bad" use="literal"/></fault></operation></binding>
<service name="S"><port name="P" binding="t:B"><soap:address location="http://a.example/"/></port></service>
</definitions>`

const filesOf = (files: Record<string, string | Uint8Array>): Map<string, Uint8Array> =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))

/** Problems of a WSDL that is refused; fails where it is not. */
function problemsOf(
  files: Record<string, string | Uint8Array>,
  main = 'a.wsdl',
): readonly WsdlProblem[] {
  try {
    readWsdl(filesOf(files), main)
  } catch (error) {
    if (error instanceof WsdlError) return error.problems
    throw error
  }
  throw new Error('read')
}

const told = (files: Record<string, string | Uint8Array>): string[] =>
  problemsOf(files).map(({ file, line, text }) => `${file}:${line}: ${text.en}`)

/** The sample with one text for another. */
function changed(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no ${from}`)
    return text.replace(from, () => to)
  }, sample)
}

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

describe('a hostile WSDL', () => {
  const importing = (location: string): string =>
    `<definitions ${namespaces} targetNamespace="urn:t"><import namespace="urn:t" location="${location}"/></definitions>`

  it('may import itself and others in a circle, and is read once', () => {
    const files = {
      'a.wsdl': changed(['<types>', '<import namespace="urn:t" location="b.wsdl"/><types>']),
      'b.wsdl': importing('a.wsdl').replace(
        '</definitions>',
        '<import namespace="urn:t" location="b.wsdl"/></definitions>',
      ),
    }
    expect(readWsdl(filesOf(files), 'a.wsdl').operations).toHaveLength(1)
    expect(bundleWsdl(filesOf(files), 'a.wsdl').toString()).not.toContain('import')
  })

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://127.0.0.1/x.wsdl',
    '..%2f..%2fx',
    '',
    '.',
    '__proto__',
    'constructor',
  ])('gets nothing by importing "%s"', (location) => {
    expect(told({ 'a.wsdl': importing(location) })[0]).toContain(
      'a.wsdl:1: The imported WSDL is not among the files',
    )
  })

  it('may have so many files, operations, parts and faults, and no more', () => {
    const chain: Record<string, string> = {}
    for (let file = 0; file <= wsdlFilesMax; file++)
      chain[`${file}.wsdl`] = importing(`${file + 1}.wsdl`)
    chain['a.wsdl'] = importing('0.wsdl')
    expect(told(chain)[0]).toContain(`There are more than ${wsdlFilesMax} WSDL files`)
    const names = Array.from({ length: 5_000 }, (_, at) => `op${at}`)
    const operations = (content: string): string =>
      names.map((name) => `<operation name="${name}">${content}</operation>`).join('')
    const many = changed(
      ['<portType name="P">', `<portType name="P">${operations('<input message="t:in"/>')}`],
      [
        '</operation></binding>',
        `</operation>${operations('<input><soap:body use="literal"/></input>')}</binding>`,
      ],
    )
    expect(told({ 'a.wsdl': many })).toEqual([
      expect.stringContaining(`more than ${wsdlLimits.operationsMax} operations`),
    ])
    const parts = '<part name="p" element="t:A"/>'
    expect(
      told({ 'a.wsdl': changed([parts, parts.repeat(wsdlLimits.partsMax + 1)]) })[0],
    ).toContain('There are more than 256 of "part"')
  })

  it('is told of up to a number of problems, however many there are', () => {
    const imports = '<import namespace="urn:b" location="b.wsdl"/>'.repeat(50_000)
    expect(told({ 'a.wsdl': changed(['<types>', `${imports}<types>`]) })).toHaveLength(
      wsdlLimits.problemsMax,
    )
  })
})

// The same WSDLs on every run. For others: XML_FUZZ_SEED=7 XML_FUZZ_DOCUMENTS=100000.
const seed = Number(process.env['XML_FUZZ_SEED'] ?? 1)
const runs = Number(process.env['XML_FUZZ_DOCUMENTS'] ?? 1_000)

describe(`broken WSDLs (seed ${seed}, ${runs} runs)`, () => {
  it('are read and put into one document, or refused with nothing but a WsdlError', () => {
    const random = new Random(seed)
    let read = 0
    for (let left = runs; left > 0; left--) {
      const { files, main } = random.of(corpus)
      const broken = new Map(files)
      const path = random.of([...files.keys()])
      broken.set(path, mutated(random, Buffer.from(files.get(path)!)))
      try {
        const operations = readWsdl(broken, main).operations.map(({ name }) => name)
        const bundle = bundleWsdl(broken, main)
        const again = readWsdl(new Map([['one.wsdl', bundle]]), 'one.wsdl')
        expect(again.operations.map(({ name }) => name)).toEqual(operations)
        read++
      } catch (error) {
        if (!(error instanceof WsdlError)) throw error
      }
    }
    expect(read).toBeGreaterThan(runs / 20)
    expect(read).toBeLessThan(runs)
  })
})
