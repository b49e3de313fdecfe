import { describe, expect, it } from '@jest/globals'
import type { ConsumeMessage } from 'amqplib'
import { mediatedOf } from '../../test/support/mq-outbound.js'
import { toolsStub } from '../../test/support/rest-lane.js'
import { Fault } from '../../src/exchange/fault.js'
import { parseServiceCode } from '../../src/exchange/identifier.js'
import type { Metaservice } from '../../src/exchange/metaservice.js'
import type { MessageStatus } from '../../src/exchange/message-notice.js'
import { readFlatJson } from './flat-json.js'
import { answerMetaservice } from './metaservice.js'
import { ProviderAnswer } from './provider-answer.js'

/** The same numbers in every run. */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function faultOf(work: () => unknown): Fault | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

describe('whatever a provider writes into a message', () => {
  const names = ['sluice-status', 'sluice-signature', '__proto__', 'constructor', 'CC', 'ə', '']
  const values: readonly unknown[] = [
    ...[0, -0, 200, 599, 600, 1e300, Number.NaN, Infinity, 0.5, true, false, '', 'x', 'ə\u0000'],
    ...[
      null,
      undefined,
      [],
      {},
      { '!': 'timestamp', value: 1 },
      Buffer.from('b'),
      'y'.repeat(70_000),
    ],
  ]

  it('is an answer with a status and a head that can be kept, or RESPONSE_INVALID', () => {
    const random = numbersFrom(7)
    const pick = <Item>(items: readonly Item[]): Item | undefined =>
      items[Math.floor(random() * items.length)]
    for (let run = 0; run < 5_000; run += 1) {
      const headers: Record<string, unknown> = {}
      for (let count = random() * 6; count > 0; count -= 1) {
        const name = pick(names) ?? ''
        Object.defineProperty(headers, name, {
          value: pick(values),
          enumerable: true,
          writable: true,
          configurable: true,
        })
      }
      const properties = { headers, contentType: pick(values), type: pick(values), expiration: '1' }
      const message = { properties, content: Buffer.alloc(0), fields: {} }
      let answer: ProviderAnswer | undefined
      const fault = faultOf(() => {
        answer = new ProviderAnswer(message as unknown as ConsumeMessage)
      })
      if (fault) {
        expect(fault).toMatchObject({ code: 'RESPONSE_INVALID', side: 'provider' })
        continue
      }
      expect(answer?.status).toBeGreaterThanOrEqual(200)
      expect(answer?.status).toBeLessThanOrEqual(599)
      JSON.parse(Buffer.from(answer?.head() ?? []).toString())
    }
  })

  it('is an object of texts that the bus knows, or REQUEST_INVALID', () => {
    const random = numbersFrom(11)
    const pieces = [
      '{',
      '}',
      '"number"',
      '"date"',
      ':',
      ',',
      '"1"',
      '1',
      '[',
      ']',
      'null',
      ' ',
      '\\',
      'ə',
    ]
    for (let run = 0; run < 20_000; run += 1) {
      let text = ''
      for (let count = random() * 12; count > 0; count -= 1) {
        text += pieces[Math.floor(random() * pieces.length)] ?? ''
      }
      const fault = faultOf(() => {
        const read = readFlatJson(Buffer.from(text), ['number', 'date'])
        for (const value of Object.values(read)) expect(typeof value).toBe('string')
      })
      if (fault) expect(fault.code).toBe('REQUEST_INVALID')
    }
    const odd = Buffer.from('{"number":"\xff"}', 'latin1')
    expect(faultOf(() => readFlatJson(odd, ['number']))?.code).toBe('REQUEST_INVALID')
  })
})

describe('what is asked of the bus itself through a queue', () => {
  const tools = {
    ...toolsStub(),
    catalogue: {
      clients: () => [],
      methods: () => [
        {
          code: parseServiceCode('AZ/GOV/VN/EVHF/sened'),
          version: 'v1',
          protocol: 'mq',
          hasContract: true,
        },
      ],
      allowedMethods: () => [],
      isOffered: () => true,
      description: (code: string, version: string | undefined) =>
        code.endsWith('/sened') ? Buffer.from(`{"version":"${version ?? '-'}"}`) : undefined,
    },
  }

  const ask = async (metaservice: Metaservice, payload: string, lent = tools): Promise<unknown> => {
    const { logged } = mediatedOf({ payload: Buffer.from(payload) })
    const { content } = await answerMetaservice(metaservice, logged, lent)
    expect(content).toMatchObject({ format: 'mq', status: 200, signature: undefined })
    return JSON.parse(Buffer.from(content.payload as Uint8Array).toString())
  }

  it('is answered with the documents of the REST lane', async () => {
    expect(await ask('listClients', '')).toEqual({ member: [] })
    expect(await ask('listMethods', '{}')).toMatchObject({
      service: [{ service_code: 'sened', service_version: 'v1', service_type: 'OPENAPI' }],
    })
    expect(await ask('getOpenAPI', '{"serviceCode":"sened","version":"v1"}')).toEqual({
      version: 'v1',
    })
  })

  it('a sender’s own message', async () => {
    const exchangeId = '0190a2b0-0000-7000-8000-000000000001'
    const status = { exchangeId, state: 'waiting', acceptedAt: new Date(0), notices: [] }
    const messages = {
      ...tools.messages,
      status: (_sender: string, asked: string) =>
        Promise.resolve(asked === exchangeId ? (status as unknown as MessageStatus) : undefined),
    }
    const lent = { ...tools, messages }
    expect(await ask('messageStatus', `{"exchangeId":"${exchangeId}"}`, lent)).toMatchObject({
      state: 'waiting',
    })
    await expect(
      ask('messageStatus', '{"exchangeId":"0190a2b0-0000-7000-8000-000000000002"}', lent),
    ).rejects.toMatchObject({ code: 'TARGET_UNREGISTERED', field: 'exchangeId' })
  })

  it.each<[Metaservice, string, object]>([
    ['getOpenAPI', '', { code: 'TARGET_UNREGISTERED', field: 'serviceCode' }],
    ['getOpenAPI', '{"serviceCode":7}', { code: 'REQUEST_INVALID', field: 'serviceCode' }],
    ['listMethods', '{"serviceCode":"x"}', { code: 'REQUEST_INVALID', field: 'payload' }],
    ['listMethods', '[', { code: 'REQUEST_INVALID', field: 'payload' }],
    ['getWsdl', '', { code: 'REQUEST_INVALID' }],
    ['messageStatus', '', { code: 'REQUEST_INVALID', field: 'exchangeId' }],
    ['messageNotice', '{}', { code: 'REQUEST_INVALID', field: 'service' }],
  ])('%s with %p is refused', async (metaservice, payload, fault) => {
    await expect(ask(metaservice, payload)).rejects.toMatchObject(fault)
  })
})
