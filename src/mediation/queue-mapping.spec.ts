import { describe, expect, it } from '@jest/globals'
import { contractLane } from '../../test/support/contract-lane.js'
import {
  describedBy,
  messageContract,
  soapContract,
  type SampleFiles,
} from '../../test/support/contract-samples.js'
import { queueReply, queueRequest } from '../../test/support/queue-messages.js'
import { restRequest } from '../../test/support/soap-mapping.js'
import { bodyIn, httpReply, soapRequest } from '../../test/support/views.js'
import type { DerivedRequest } from '../exchange/derived-request.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import { ContractBreach } from '../violation/violation.js'
import type { ServiceMapping } from './service-mapping.js'

/* messages of queues on their way to providers of the other protocols, and the other way about. */

const service = 'AZ/GOV/VN/VERGI/voenTap/v1'
const json = 'application/json'

async function mappingOf(
  files: SampleFiles,
  consumer: string,
  provider: string,
): Promise<ServiceMapping> {
  const { contract, rules } = await contractLane(files)
  const found = rules.contracts.get(contract.digest).mapping(consumer, provider)
  if (found === undefined) throw new Error(`no mapping from ${consumer} to ${provider}`)
  return found
}

function breachOf(act: () => unknown): string[] {
  try {
    act()
    return []
  } catch (error) {
    if (!(error instanceof ContractBreach)) throw error
    return error.violations.map(({ rule, path }) => `${rule} ${path}`)
  }
}

function told(derived: DerivedRequest): string {
  if (derived.format !== 'http') throw new TypeError('no HTTP')
  const { method, path, query, rawHeaders, payload } = derived
  const headers = rawHeaders.slice(2).join(' ')
  return [method, path, query ?? '-', headers || '-', Buffer.from(payload).toString()].join(' | ')
}

function said({ payload, status }: ReplyContent): string {
  return `${status} ${Buffer.from(payload as Uint8Array).toString()}`
}

const openApi = `openapi: 3.0.3
info: { title: VÖEN, version: '1' }
paths:
  /{voen}:
    parameters:
      - { name: voen, in: path, required: true, schema: { type: string, pattern: '^[0-9]{10}$' } }
    get:
      operationId: goster
      parameters:
        - { name: il, in: query, schema: { type: integer } }
        - { name: nov, in: query, schema: { type: array, items: { type: string } } }
        - { name: X-Dil, in: header, schema: { type: string } }
      responses: { '200': { description: a, content: { application/json: { schema: { type: object, properties: { ad: { type: string } } } } } } }
    put:
      operationId: yaz
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, required: [ad], properties: { ad: { type: string }, bal: { type: number } } } } }
      responses: { '204': { description: b } }
  /:
    post:
      operationId: hamisi
      requestBody: { required: true, content: { application/json: { schema: { type: array, items: { type: string } } } } }
      responses: { '204': { description: c } }
    delete: { operationId: sil, responses: { '204': { description: d } } }
`

describe('a REST service, from a queue', () => {
  const rest = mappingOf(describedBy({ service }, 'openapi.yaml', openApi), 'mq', 'rest')
  const ask = async (type: string, body: unknown, contentType = json) =>
    (await rest).request(queueRequest(body, { type, contentType }))

  it('gets parameters by their names, and the members of the body beside them', async () => {
    const asked = { voen: '1234567890', il: 2020, nov: ['a', 'ә'], 'x-dil': 'az' }
    expect(told(await ask('goster', asked))).toBe(
      'GET | /1234567890 | il=2020&nov=a&nov=%D3%99 | x-dil az | ',
    )
    // Numbers as they stand.
    expect(told(await ask('yaz', '{"ad":"Ə","voen":"1234567890","bal":1.50}'))).toBe(
      'PUT | /1234567890 | - | Content-Type application/json | {"ad":"Ə","bal":1.50}',
    )
  })

  it('gets the very bytes where the operation has no parameters', async () => {
    const type = 'application/json; charset=utf-8'
    expect(told(await ask('hamisi', ' [ "Ə" ] ', type))).toBe(
      `POST |  | - | Content-Type ${type} |  [ "Ə" ] `,
    )
    expect(told(await ask('sil', ''))).toBe('DELETE |  | - | - | ')
    expect(told(await ask('sil', '{}'))).toBe('DELETE |  | - | - | ')
  })

  it.each([
    ['goster', { voen: 1234567890 }, ['type /voen']],
    ['goster', { voen: '1', il: null }, ['null /il']],
    ['goster', { voen: '1', il: '2020' }, ['type /il']],
    ['goster', { voen: '1', nov: 'a' }, ['type /nov']],
    ['goster', { voen: '1', nov: ['a', { b: 1 }] }, ['type /nov[2]']],
    ['goster', { voen: '1', artiq: 1 }, ['unknown /artiq']],
    ['goster', { voen: '..' }, ['unmappable /voen']],
    ['goster', [], ['type /']],
    ['goster', '{"voen":', ['syntax /']],
    ['sil', { a: 1 }, ['unexpected /']],
    ['basqa', {}, ['operation /type']],
  ])('%s of %j breaks the contract', async (type, body, places) => {
    const mapping = await rest
    const request = queueRequest(body, { type, contentType: json })
    expect(breachOf(() => mapping.request(request))).toEqual(places)
  })

  it('has several operations, of which one has to be named; and JSON in its messages', async () => {
    const mapping = await rest
    expect(breachOf(() => mapping.request(queueRequest({})))).toEqual(['operation /type'])
    const text = queueRequest({ voen: '1' }, { type: 'goster', contentType: 'text/plain' })
    expect(breachOf(() => mapping.request(text))).toEqual(['mediaType /'])
  })

  it('answers with its body and its status', async () => {
    const mapping = await rest
    const reply = mapping.reply(httpReply(404, '{"ad":"Ə"}', 'application/problem+json'))
    expect(said(reply)).toBe('404 {"ad":"Ə"}')
    expect(reply).toMatchObject({
      format: 'mq',
      properties: { contentType: 'application/problem+json' },
    })
    const odd = httpReply(200, '{}', 'application/json\u0001')
    expect(breachOf(() => mapping.reply(odd))).toEqual(['mediaType /'])
  })
})

describe('a SOAP service, from a queue', () => {
  const files = soapContract({ service: 'AZ/GOV/DIN/GCQ/yoxla/v1' })

  it('gets what its face in REST would get', async () => {
    const [queue, rest] = [
      await mappingOf(files, 'mq', 'soap'),
      await mappingOf(files, 'rest', 'soap'),
    ]
    const body = { fin: '0TEST01' }
    const breaches = [
      breachOf(() => queue.request(queueRequest(body, { contentType: json }))),
      breachOf(() => rest.request(restRequest(JSON.stringify(body)))),
    ]
    expect(breaches[0]).toEqual(breaches[1])
    expect(queue.version).toBe(rest.version)
    const other = queueRequest(body, { contentType: json, type: 'basqa' })
    expect(breachOf(() => queue.request(other))).toEqual(['operation /type'])
  })
})

describe('a contract about messages', () => {
  const files = messageContract({ service })
  const namespace = `urn:sluice:service:${service.replaceAll('/', ':')}`
  const asked = '{ "fin": "0TEST01" }'

  it('goes from a POST into a queue and back, byte for byte', async () => {
    const mapping = await mappingOf(files, 'rest', 'mq')
    expect(mapping.request(restRequest(asked))).toEqual({
      format: 'mq',
      contentType: json,
      type: undefined,
      payload: Buffer.from(asked),
    })
    const reply = mapping.reply(queueReply(201, '{"tapildi":true}'))
    expect([reply.format, said(reply)]).toEqual(['http', '201 {"tapildi":true}'])
    const get = restRequest('', { method: 'GET' })
    expect(breachOf(() => mapping.request(get))).toEqual(['operation /'])
    const query = restRequest(asked, { query: 'a=1' })
    expect(breachOf(() => mapping.request(query))).toEqual(['unknown /query'])
    expect(breachOf(() => mapping.reply(queueReply(204, '{}')))).toEqual(['unexpected /'])
    const contentType = 'application/json\r\nX: y'
    const split = queueReply(200, '{}', { properties: { contentType, headers: {} } })
    expect(breachOf(() => mapping.reply(split))).toEqual(['mediaType /'])
  })

  it('goes from a queue to a POST and back, byte for byte', async () => {
    const mapping = await mappingOf(files, 'mq', 'rest')
    const request = mapping.request(queueRequest(asked, { contentType: json }))
    expect(told(request)).toBe(`POST |  | - | Content-Type application/json | ${asked}`)
    expect(said(mapping.reply(httpReply(200, '{"tapildi":true}')))).toBe('200 {"tapildi":true}')
    const other = queueRequest(asked, { contentType: json, type: 'basqa' })
    expect(breachOf(() => mapping.request(other))).toEqual(['operation /type'])
  })

  it.each(['mq', 'rest'])('goes from XML to a provider of %s, and back', async (provider) => {
    const mapping = await mappingOf(files, 'soap', provider)
    const xml = `<voenTap xmlns="${namespace}"><fin>0TEST01</fin></voenTap>`
    const request = mapping.request(soapRequest(xml))
    expect(request.format).toBe(provider === 'mq' ? 'mq' : 'http')
    if (request.format === 'soap') throw new TypeError('SOAP')
    expect(Buffer.from(request.payload).toString()).toBe('{"fin":"0TEST01"}')
    const body = '{"tapildi":true,"soyad":"Əliyev"}'
    const content = provider === 'mq' ? queueReply(201, body) : httpReply(201, body)
    const reply = mapping.reply(content, request)
    if (reply.format !== 'soap') throw new TypeError('no SOAP')
    expect(bodyIn(reply.envelope)).toContain('soyad>Əliyev</')
    const failure = provider === 'mq' ? queueReply(404, '{}') : httpReply(404, '{}')
    expect(() => mapping.reply(failure, request)).toThrow(/PROVIDER_FAULT/)
  })
})
