import { describe, expect, it } from '@jest/globals'
import { busWsdl } from '../../adapters/soap/wsdl.js'
import { diplomFace, echoOf, faceOf, refusalsOf, voenTapFace } from '../../test/support/views.js'
import { validatorOf } from '../../test/support/xsd-oracle.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { xsdPattern } from './xsd-pattern.js'

const wsdlOf = (wsdl: Uint8Array) => readWsdl(new Map([['s.wsdl', wsdl]]), 's.wsdl')

/** Descriptions that Java's and .NET's generators write, with several operations. */
const several = `
openapi: 3.0.1
info: { title: Teskilat.Api, version: v1 }
paths:
  /teskilatlar:
    post:
      operationId: yarat
      requestBody:
        content:
          application/json: { schema: { $ref: '#/components/schemas/Teskilat' } }
          text/json: { schema: { $ref: '#/components/schemas/Teskilat' } }
          application/*+json: { schema: { $ref: '#/components/schemas/Teskilat' } }
      responses:
        '200': { description: OK, content: { application/json: { schema: { type: string } } } }
        '204': { description: Boş }
        '409': { description: Var }
  /teskilatlar/{id}/{ad}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer, format: int64 } }
      - { name: ad, in: path, required: true, schema: { type: string } }
      - { name: id, in: query, schema: { type: array, items: { type: string } }, style: form, explode: false }
    get:
      operationId: get teskilat
      responses:
        '200': { description: OK, content: { application/json: { schema: { $ref: '#/components/schemas/Teskilat' } } } }
        default: { description: Xəta, content: { application/problem+json: { schema: { type: array, items: { type: string } } } } }
    delete:
      responses: { '204': { description: Silindi } }
components:
  schemas:
    Teskilat:
      type: object
      required: [id, ad]
      properties:
        id: { type: integer, format: int64, readOnly: true }
        ad: { type: string, nullable: true }
        altlar: { type: array, nullable: true, items: { $ref: '#/components/schemas/Teskilat' } }
        elaqe: { allOf: [{ $ref: '#/components/schemas/Elaqe' }], nullable: false, description: Əlaqə & ünvan }
    Elaqe: { type: object, properties: { email: { type: string, format: email } }, additionalProperties: false }
`

describe('the WSDL of a REST service', () => {
  it.each([
    ['voenTap', voenTapFace],
    ['diplomMelumati', diplomFace],
    ['voenTap', () => faceOf(several)],
  ])(
    '%s: libxml2 accepts the schema, our reader and the SOAP adapter the WSDL',
    async (code, face) => {
      const { wsdl, schema } = await face()
      validatorOf(schema)[Symbol.dispose]()
      const { operations } = wsdlOf(wsdl)
      expect(operations).toMatchObject([
        { name: code, style: 'document', soapVersion: '1.1', soapAction: undefined },
      ])
      const served = busWsdl(wsdl, { address: 'https://bus/AZ', hasAttachments: false })
      expect(served.toString()).toContain('location="https://bus/AZ"')
      expect(wsdlOf(served).operations).toHaveLength(1)
    },
  )

  it('names the service and its failures', async () => {
    const { wsdl, form } = await voenTapFace()
    const description = wsdlOf(wsdl)
    expect(description.targetNamespace).toBe('urn:sluice:service:AZ:GOV:VN:VERGI:voenTap:v1')
    expect(description.operations[0]?.faults.map(({ name }) => name)).toEqual([
      'voenTapFault404',
      'voenTapFaultDefault',
    ])
    expect(form.reply.localName).toBe('voenTapResponse')
  })

  it('puts what each operation of several takes and gives under its name', async () => {
    const { form } = await faceOf(several)
    expect(
      form.operations.map(({ member, method, body }) => [method, member, body?.member]),
    ).toEqual([
      ['POST', 'yarat', 'body'],
      ['GET', 'get teskilat', undefined],
      ['DELETE', 'deleteTeskilatlarIdAd', undefined],
    ])
    expect(form.operations[1]?.query).toEqual([
      { name: 'id', member: 'id_query', element: 'id_query', list: 'commas' },
    ])
  })
})

describe('what has no face in SOAP is refused by name', () => {
  const of = (schema: unknown) => refusalsOf(echoOf(schema))
  const inObject = (schema: unknown) => of({ type: 'object', properties: { a: schema } })

  it.each([
    [
      { oneOf: [{ type: 'string' }, { type: 'object', properties: { b: { type: 'string' } } }] },
      'oneOf has no exact counterpart',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'anyOf has no exact counterpart'],
    [{ type: ['string', 'integer'] }, 'several types: string, integer'],
    [{ type: 'object' }, 'Neither fields nor a type are described (properties)'],
    [{}, 'Neither fields nor a type are described (type)'],
    [{ type: 'array' }, 'Neither fields nor a type are described (items)'],
    [
      { type: 'object', additionalProperties: { type: 'string' } },
      '(additionalProperties) have no form',
    ],
    [
      { type: 'object', properties: { c: { type: 'string' } }, patternProperties: { x: {} } },
      '(patternProperties)',
    ],
    [
      { type: 'object', properties: { c: { type: 'string' } }, additionalProperties: true },
      '(additionalProperties) have no form',
    ],
    [{ type: 'array', prefixItems: [{ type: 'string' }] }, 'prefixItems has no exact'],
    [
      { if: {}, then: { properties: { b: {} } }, type: 'object', properties: {} },
      'then has no exact',
    ],
    [{ enum: ['a\\u0001'.replace('\\u0001', '\u0001')] }, 'a character that XML cannot write'],
    [{ allOf: [{ type: 'string' }, { type: 'integer' }] }, 'exclude each other'],
  ])('%j', async (schema, reason) => {
    const problems = await inObject(schema)
    expect(problems.filter((each) => !each.includes(reason))).toEqual([])
    expect(problems[0]).toContain(reason)
    expect(problems[0]).toMatch(/^eksSeda (request|200) .*\/a/)
  })

  it('conditions without fields of their own are no reason: the JSON is held to them', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
      not: { required: ['a', 'b'] },
    }
    expect(await of(schema)).toEqual([])
  })

  it('media types, methods, statuses and header fields', async () => {
    const text = `
openapi: 3.1.0
info: { title: A, version: '1' }
paths:
  /a:
    get:
      operationId: a
      parameters:
        - { name: X-Road-Client, in: header, schema: { type: string } }
        - { name: Sluice_Mode, in: header, schema: { type: string } }
        - { name: Connection, in: header, schema: { type: string } }
        - { name: Content-Encoding, in: header, schema: { type: string } }
        - { name: X-Forwarded-For, in: header, schema: { type: string } }
        - { name: X-Nomre, in: header, schema: { type: string } }
      responses:
        2XX: { description: A, content: { application/octet-stream: {} } }
    head: { operationId: b, responses: { '302': { description: A } } }
    put: { operationId: c, responses: { default: { description: A } } }
`
    expect(await refusalsOf(text)).toEqual([
      ...['x-road-client', 'sluice_mode', 'connection', 'content-encoding', 'x-forwarded-for'].map(
        (name) =>
          `a request /${name}: The header field belongs to the bus or to the connection: ${name}`,
      ),
      'a 2XX: A response of this status cannot be told in SOAP: 2XX',
      'a 2XX: Content of this media type is not carried into SOAP: application/octet-stream',
      'c: No successful response (2xx) is described',
      'b: An answer to HEAD has no content that could be carried over',
      'b 302: A response of this status cannot be told in SOAP: 302',
    ])
  })

  it('what never ends', async () => {
    const A = { type: 'array', items: { $ref: '#/components/schemas/A' } }
    const B = {
      type: 'object',
      properties: {
        b: {
          allOf: [{ $ref: '#/components/schemas/B' }, { properties: { c: { type: 'string' } } }],
        },
      },
    }
    const schema = {
      type: 'object',
      properties: { a: { $ref: '#/components/schemas/A' }, b: { $ref: '#/components/schemas/B' } },
    }
    const problems = await refusalsOf(echoOf(schema, { A, B }))
    expect(problems.some((each) => each.includes('/a[]: The schema never ends: A'))).toBe(true)
    expect(problems.some((each) => each.includes('/b: The schema never ends: 64'))).toBe(true)
  })
})

describe('patterns of JSON Schema in XML Schema', () => {
  it.each([
    ['^[0-9A-HJ-NP-Z]{7}$', '[0-9A-HJ-NP-Z]{7}'],
    ['^\\p{Lu}{2}$', '\\p{Lu}{2}'],
    ['^\\d+$', '[0-9]+'],
    ['a|b', '[\\s\\S]*(a|b)[\\s\\S]*'],
    ['^AB', '(AB)[\\s\\S]*'],
    ['^(?:a|b)+?$', '(a|b)+'],
    [
      '^[\\w.\\-+]+@[^@]+$',
      '[a-zA-Z0-9_.\\-+]+@[^@]+'.replace('_.', '_\\.').replace('-+]', '-\\+]'),
    ],
    ['^\\/a$', '/a'],
  ])('%s is %s', (source, expected) => {
    expect(xsdPattern(source)).toBe(expected)
  })

  it.each([
    '^a|b$',
    '(?=a)b',
    '(a)\\1',
    '\\bfoo\\b',
    '^\\s*$',
    '(?<n>a)',
    'a^b',
    '[a-\\d]',
    '[]',
    '(',
    '\\u0041',
    '\\p{Script=Latin}',
  ])('%s is left to the JSON Schema', (source) => {
    expect(xsdPattern(source)).toBeUndefined()
  })
})
