import { describe, expect, it } from '@jest/globals'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { OpenAPIClientAxios, type Document } from 'openapi-client-axios'
import { contractLane } from '../../test/support/contract-lane.js'
import {
  describedBy,
  messageContract,
  soapContract,
  type SampleFiles,
} from '../../test/support/contract-samples.js'
import { parseServiceId } from '../exchange/identifier.js'
import type { Face } from '../exchange/metaservice.js'
import { readWsdl } from '../wsdl/read-wsdl.js'
import { readOpenApi } from '../openapi/read-openapi.js'

/* each service has both faces, valid in other people's tools, and they tell the address that they were asked by. */

const soapService = 'AZ/GOV/DIN/GCQ/yoxla/v1'
const restService = 'AZ/GOV/VN/VERGI/voenTap/v1'
const none = 'mapping: none\n'
const server = 'https://bus.example.test'

const openApi = `openapi: 3.0.3
info: { title: VÖEN tap, version: '1' }
paths:
  /voen/{fin}:
    get:
      operationId: voenTap
      summary: VÖEN tap
      parameters:
        - { name: fin, in: path, required: true, schema: { type: string, maxLength: 7 } }
        - { name: il, in: query, schema: { type: integer, format: int32, nullable: true } }
      responses:
        '200':
          description: Tapıldı
          content: { application/json: { schema: { $ref: '#/components/schemas/Cavab' } } }
        '404': { description: Yoxdur }
  /voen:
    post:
      operationId: voenYaz
      summary: VÖEN yaz
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Cavab' } } }
      responses: { '204': { description: Yazıldı } }
components:
  schemas:
    Cavab:
      type: object
      required: [voen]
      properties:
        voen: { type: string, maxLength: 10 }
        ünvan: { type: string, maxLength: 90, nullable: true }
`

const soapFiles = (settings = '') => soapContract({ service: soapService, settings })
const restFiles = (settings = '') =>
  describedBy({ service: restService, settings }, 'openapi.yaml', openApi)

async function faceOf(files: SampleFiles, service?: string) {
  const { contract, rules } = await contractLane(files)
  const { face } = rules.contracts.get(contract.digest)
  const of = parseServiceId(service ?? contract.settings.service)
  return (which: Face, server: string) => face(which, of, server)
}

async function openApiOf(files: SampleFiles): Promise<string> {
  const face = await faceOf(files)
  return Buffer.from(face('openapi', server) ?? []).toString()
}

async function findingsOf(source: string): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended'],
    // The bus does not know the licence of an agency's service.
    rules: { 'info-license': 'off', 'info-license-strict': 'off', 'no-unused-components': 'off' },
  })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)
}

describe.each([
  ['a SOAP service', soapFiles(), ['yoxla'], `/r1/${soapService}`],
  ['a REST service', restFiles(), ['voenTap', 'voenYaz'], `/r1/${restService}/voen`],
])('%s', (_, files, operations, path) => {
  it('has a WSDL that reads as one document', async () => {
    const face = await faceOf(files)
    const wsdl = face('wsdl', server)
    const read = readWsdl(new Map([['service.wsdl', wsdl ?? new Uint8Array()]]), 'service.wsdl')
    expect(read.operations).toHaveLength(1)
    // It is made once; who serves it puts the address in.
    expect(face('wsdl', 'https://other')).toBe(wsdl)
  })

  it('has an OpenAPI that a linter and our own reader accept', async () => {
    const text = await openApiOf(files)
    expect(await findingsOf(text)).toEqual([])
    const read = await readOpenApi(new Map([['f.json', Buffer.from(text)]]), 'f.json')
    expect(read.operations.map(({ operationId }) => operationId)).toEqual(operations)
  })

  it('has an OpenAPI by which a generated client calls it at the address that was asked with', async () => {
    const definition = JSON.parse(await openApiOf(files)) as Document
    const api = new OpenAPIClientAxios({ definition })
    const client = await api.init()
    for (const name of operations) expect(client[name]).toBeInstanceOf(Function)
    expect(api.getBaseURL()).toBe(server)
    expect(
      api
        .getOperations()
        .map((each) => each.path)
        .at(-1),
    ).toBe(path)
  })

  it('tells each address its own, and is made once for all of them', async () => {
    const face = await faceOf(files)
    const rests = ['https://b1', 'https://b2', 'https://"b3'].map((each) => {
      const text = Buffer.from(face('openapi', each) ?? []).toString()
      expect((JSON.parse(text) as { servers: object }).servers).toEqual([{ url: each }])
      return text.replace(JSON.stringify(each), '')
    })
    expect(new Set(rests).size).toBe(1)
  })
})

describe('a contract of many services', () => {
  const files = messageContract({ service: "'*/mesaj/v1'" })

  it('tells each its own path, and all one namespace', async () => {
    for (const service of ['AZ/GOV/DIN/GCQ/mesaj/v1', 'AZ/GOV/TN/DİPLOM/mesaj/v1']) {
      const face = await faceOf(files, service)
      const text = Buffer.from(face('openapi', server) ?? []).toString()
      expect(Object.keys((JSON.parse(text) as { paths: object }).paths)).toEqual([
        `/r1/${encodeURI(service)}`,
      ])
      expect(await findingsOf(text)).toEqual([])
      const wsdl = Buffer.from(face('wsdl', server) ?? []).toString()
      expect(wsdl).toContain('targetNamespace="urn:sluice:service:mesaj:v1"')
    }
  })
})

describe('a one-way service', () => {
  const files = messageContract({ service: restService, settings: 'pattern: one-way\n' }, 'none')

  it('says in both faces that the bus has the message', async () => {
    const face = await faceOf(files)
    const openapi = Buffer.from(face('openapi', server) ?? []).toString()
    expect(await findingsOf(openapi)).toEqual([])
    expect(openapi).toContain('"202":')
    const wsdl = face('wsdl', server) ?? new Uint8Array()
    const { operations } = readWsdl(new Map([['a.wsdl', wsdl]]), 'a.wsdl')
    expect(operations[0]?.output?.body.name).toEqual({
      namespace: 'urn:sluice:message:1',
      localName: 'accepted',
    })
    expect(operations[0]?.faults).toEqual([])
  })
})

describe('a service for its own protocol alone', () => {
  it('has no other face', async () => {
    const [soap, rest] = [await faceOf(soapFiles(none)), await faceOf(restFiles(none))]
    expect(soap('wsdl', server)).toBeDefined()
    expect(soap('openapi', server)).toBeUndefined()
    expect(rest('openapi', server)).toBeDefined()
    expect(rest('wsdl', server)).toBeUndefined()
  })
})
