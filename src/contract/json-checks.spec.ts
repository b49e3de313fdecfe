import { describe, expect, it } from '@jest/globals'
import { contractLane, filesIn, jsonRequest } from '../../test/support/contract-lane.js'
import {
  describedBy,
  messageContract,
  type SampleFiles,
} from '../../test/support/contract-samples.js'
import { queueReply, queueRequest } from '../../test/support/queue-messages.js'
import { httpReply } from '../../test/support/views.js'
import { parseServiceId } from '../exchange/identifier.js'
import type { MqReplyContent } from '../exchange/mq-content.js'
import type { AcceptedReply, LoggedRequest, MediatedRequest } from '../exchange/exchange.js'
import { createCarryBack, createCheckReply } from './check-reply.js'
import { ContractError } from './contract-error.js'
import { checkContract } from './lint/check-contract.js'
import { loadContract, protocolsOf } from './load-contract.js'
import { createValidate } from './validate.js'

/* Contracts about messages alone: JSON Schema with request and reply, AsyncAPI with a request. */

const service = 'AZ/GOV/DIN/GCQ/mesaj/v1'
const terms = { service }
const oneWay = { service, settings: 'pattern: one-way\n' }
/** Without a form in XML. */
const alone = { service, settings: 'mapping: none\n' }
const asyncApi = `asyncapi: 3.0.0
info: { title: Mesaj, version: '1' }
channels:
  mesaj:
    messages:
      mektub: { payload: { type: object, required: [fin], properties: { fin: { type: string, maxLength: 7 } } } }
`

async function flawsOf(files: SampleFiles): Promise<string[]> {
  try {
    await loadContract(filesIn(files))
    return []
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
    return error.problems.map(({ file, text }) => `${file}: ${text.en}`)
  }
}

describe('a contract about messages', () => {
  it.each([
    ['JSON Schema', messageContract(terms)],
    ['AsyncAPI', describedBy(oneWay, 'asyncapi.yaml', asyncApi)],
  ])(
    'in %s is for rest and mq, with both faces, for consumers of every protocol',
    async (_, files) => {
      const { contract, rules } = await contractLane(files)
      expect(protocolsOf(contract.description)).toEqual(['rest', 'mq'])
      const { face, mapping } = rules.contracts.get(contract.digest)
      const id = parseServiceId(service)
      expect(face('wsdl', id, 'https://bus')).toBeDefined()
      expect(face('openapi', id, 'https://bus')).toBeDefined()
      const pairs = ['rest mq', 'mq rest', 'soap rest', 'soap mq'].map((pair) => pair.split(' '))
      for (const [consumer = '', provider = ''] of pairs) {
        expect(mapping(consumer, provider)).toBeDefined()
      }
      expect(mapping('mq', 'mq')).toBeUndefined()
    },
  )

  it('in JSON alone has no form in XML, and goes from queue to POST all the same', async () => {
    const { contract, rules } = await contractLane(messageContract(alone))
    const { face, mapping } = rules.contracts.get(contract.digest)
    expect(face('wsdl', parseServiceId(service), 'https://bus')).toBeUndefined()
    expect(mapping('soap', 'mq')).toBeUndefined()
    expect(mapping('mq', 'rest')).toBeDefined()
  })

  it('that XML cannot say is refused by the place, unless it wants no form in XML', async () => {
    const open = { type: 'object', additionalProperties: { type: 'string' } }
    expect(await flawsOf(messageContract(terms, open))).toEqual([
      'mapping.yaml: mesaj 200 : Fields with names that nobody knows before (additionalProperties) have no form in XML',
    ])
    expect(await flawsOf(messageContract(alone, open))).toEqual([])
  })

  it('says in contract.yaml what its description says of a reply', async () => {
    expect(await flawsOf(messageContract(oneWay))).toEqual([
      'contract.yaml: pattern: must be request-reply, as messages.schema.json describes it',
    ])
    expect(await flawsOf(describedBy(terms, 'asyncapi.yaml', asyncApi))).toEqual([
      'contract.yaml: pattern: must be one-way, as asyncapi.yaml describes it',
    ])
  })

  it('has no word on how files go beside a message: only a WSDL’s service has them there', async () => {
    const settings = 'attachments: multipart\nsoapAttachments: swa\n'
    const only = 'is only for a service that a WSDL describes'
    const flaws = [`contract.yaml: attachments: ${only}`, `contract.yaml: soapAttachments: ${only}`]
    expect(await flawsOf(messageContract({ service, settings }))).toEqual(flaws)
    const text = "openapi: 3.1.0\ninfo: { title: x, version: '1' }\npaths: {}\n"
    expect(await flawsOf(describedBy({ service, settings }, 'openapi.yaml', text))).toEqual(flaws)
  })

  it('is refused with the place of what it may not have', async () => {
    const twice = asyncApi.replace('  mesaj:', '  other: {}\n  mesaj:')
    const [flaw] = await flawsOf(describedBy(oneWay, 'asyncapi.yaml', twice))
    expect(flaw).toMatch(/^asyncapi\.yaml: \/channels\//)
    const open = describedBy(oneWay, 'm.schema.json', '{"$defs":{"request":{"$ref":"http://x/y"}}}')
    expect(await flawsOf(open)).toHaveLength(1)
  })

  it('is no OpenAPI that speaks of AsyncAPI in a text', async () => {
    const text = "openapi: 3.1.0\ninfo: { title: 'asyncapi', version: '1' }\npaths: {}\n"
    const flaws = await flawsOf(describedBy(terms, 'openapi.yaml', text))
    expect(flaws.join()).not.toContain('channels')
  })
})

describe('in flight', () => {
  const answersTo = async (files: SampleFiles) => {
    const { contract, rules } = await contractLane(files)
    const { checks } = rules.contracts.get(contract.digest)
    const told = (found: readonly { rule: string; path: string }[]): string[] =>
      found.map(({ rule, path }) => `${rule} ${path}`)
    return {
      request: (...request: Parameters<typeof jsonRequest>) =>
        told(checks.request(jsonRequest(...request), request[1]?.path)),
      reply: (...reply: Parameters<typeof httpReply>) => {
        const asked = { verified: jsonRequest({}), derived: undefined, path: '' }
        return told(checks.reply(httpReply(...reply), asked))
      },
    }
  }

  it('requests are JSON that keeps the schema, at the address of the service', async () => {
    const { request } = await answersTo(messageContract(terms))
    const good = { fin: '0TEST01' }
    expect(request(good)).toEqual([])
    expect(request(good, { path: '/' })).toEqual([])
    expect(request({ ...good, illər: [2005] })).toEqual(['tooSmall /illər[1]'])
    expect(request({ ...good, artiq: 1 })).toEqual(['unknown /artiq'])
    expect(request(good, { path: '/basqa' })).toEqual(['operation /'])
    expect(request(good, { method: 'DELETE' })).toEqual(['operation /'])
    expect(request(good, { query: 'fin=1' })).toEqual(['unknown /query'])
    expect(request(good, { header: () => 'text/plain' })).toEqual(['mediaType /'])
    expect(request(good, { header: () => undefined })).toEqual(['mediaType /'])
    const utf7 = 'application/json; charset=utf-7'
    expect(request(good, { header: () => utf7 })).toEqual(['mediaType /'])
    expect(request(good, { payload: new Uint8Array() })).toEqual(['missing /'])
    expect(request(good, { payload: Buffer.from('{"fin":') })).toEqual(['syntax /'])
  })

  it('answers of 2xx keep the schema, and failures are the provider’s own', async () => {
    const { reply } = await answersTo(messageContract(terms))
    expect(reply(200, '{"tapildi":true}')).toEqual([])
    expect(reply(201, '{"tapildi":"hə"}')).toEqual(['type /tapildi'])
    expect(reply(200, '')).toEqual(['missing /'])
    expect(reply(200, '<a/>', 'text/xml')).toEqual(['mediaType /'])
    expect(reply(404, '<html>', 'text/html')).toEqual([])
  })

  it('a one-way service has no answer', async () => {
    const { reply } = await answersTo(describedBy(oneWay, 'asyncapi.yaml', asyncApi))
    expect(reply(202, '')).toEqual([])
    expect(reply(200, '{}')).toEqual(['unexpected /'])
  })

  it('what is said to a one-way message is not looked at, and goes back to nobody', async () => {
    const { authorised, breaches, rules } = await contractLane(
      messageContract({ service, settings: 'pattern: one-way\n' }, 'none'),
    )
    const lane = { consumer: 'mq', provider: 'rest' }
    const { route, ...asked } = authorised(queueRequest({ fin: '0TEST01' }), {}, lane)
    const logged = { ...asked, route: { ...route, pattern: 'one-way' } } as unknown as LoggedRequest
    const content = httpReply(200, 'OK', 'text/plain')
    const accepted = { content } as AcceptedReply
    createCheckReply(rules)(accepted, logged)
    const mediated = { logged } as MediatedRequest
    expect(createCarryBack(rules)(content, mediated)).toBe(content)
    expect(breaches).toEqual([])
  })

  it('messages of queues are JSON that keeps the schema, too', async () => {
    const { authorised, breaches, contract, rules } = await contractLane(messageContract(terms))
    const validate = createValidate(rules)
    const lane = { consumer: 'mq', provider: 'mq' }
    const ask = (body: unknown, contentType?: string, level: 'block' | 'report' = 'block') =>
      validate(authorised(queueRequest(body, { contentType }), { request: level }, lane))
    expect(ask({ fin: '0TEST01' }, 'application/json')).toMatchObject({
      contractVersion: contract.digest,
      mappingVersion: 'none',
      derived: undefined,
    })
    expect(() => ask({ fin: 'o' }, 'application/json')).toThrow(/REQUEST_INVALID/)
    expect(() => ask({ fin: '0TEST01' }, 'text/plain')).toThrow(/REQUEST_INVALID/)
    expect(() => ask({ fin: '0TEST01' })).toThrow(/REQUEST_INVALID/)
    expect(ask({ fin: 'o' }, 'application/json', 'report').derived).toBeUndefined()
    expect(breaches.map(({ level, side }) => `${side} ${level}`).at(-1)).toBe('request report')
    const { checks } = rules.contracts.get(contract.digest)
    const asked = { verified: queueRequest({}), derived: undefined, path: undefined }
    const reply = (body: string, more: Partial<MqReplyContent> = {}) =>
      checks.reply(queueReply(200, body, more), asked).map(({ rule, path }) => `${rule} ${path}`)
    expect(reply('{"tapildi":true}')).toEqual([])
    expect(reply('{"tapildi":1}')).toEqual(['type /tapildi'])
    expect(reply('{"tapildi":true}', { properties: { headers: {} } })).toEqual(['mediaType /'])
    expect(reply('xəta', { status: 500 })).toEqual([])
  })
})

describe('sluice contract check', () => {
  const bounded = messageContract(terms)
  const check = (files: SampleFiles, samples: SampleFiles, against?: SampleFiles) =>
    checkContract(
      { files: filesIn(files), samples: filesIn(samples) },
      against && { files: filesIn(against), samples: new Map() },
    )

  it('runs samples of requests and replies', async () => {
    const { samples } = await check(bounded, {
      'samples/good/bir.request.json': '{"fin":"0TEST01"}',
      'samples/good/bir.reply.json': '{"tapildi":false}',
      'samples/good/pis.request.json': '{"fin":"o"}',
      'samples/bad/fin.request.json': '{"fin":"OTEST01"}',
      'samples/bad/fin.request.expect.yaml': '{ path: /fin, rule: pattern }',
    })
    expect(samples.filter(({ trouble }) => trouble).map(({ file }) => file)).toEqual([
      'samples/good/pis.request.json',
    ])
    const one = describedBy(oneWay, 'asyncapi.yaml', asyncApi)
    const answered = await check(one, { 'samples/good/bir.reply.json': '{}' })
    expect(answered.samples[0]?.trouble).toBeDefined()
  })

  it('looks at fields and personal data', async () => {
    const loose = messageContract(alone, { properties: { soyad: { type: 'string' }, nə: {} } })
    const { findings } = await check(loose, {})
    expect(findings.map(({ rule, text }) => `${rule}: ${text.en}`)).toEqual(
      expect.arrayContaining([
        'unbounded-text: reply /soyad: the length of the text has no bound',
        'no-type: reply /nə: it has no type, and may be anything',
        'TT-06: /fin looks like personal data, and there is no personalData',
      ]),
    )
  })

  it('tells what breaks consumers of the version before', async () => {
    const narrower = messageContract(alone, { type: 'object', properties: {} })
    const { findings } = await check(narrower, {}, bounded)
    const breaking = findings.filter(({ severity }) => severity === 'breaking')
    expect(breaking.map(({ text }) => text.en)).toEqual([
      'reply /tapildi: it was removed or renamed',
      'reply /soyad: it was removed or renamed',
    ])
    const other = describedBy(oneWay, 'asyncapi.yaml', asyncApi)
    const kinds = await check(other, {}, describedBy(terms, 'openapi.yaml', openApi))
    expect(kinds.findings.map(({ text }) => text.en)).toContain(
      'The description is of another kind',
    )
  })
})

const openApi = `openapi: 3.1.0
info: { title: A, version: '1' }
paths: { /a: { get: { operationId: a, responses: { '200': { description: b } } } } }
`
