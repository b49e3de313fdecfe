import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/message-log.js'
import { onBehalfOfBody, type Answer, type TestConsumer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const service = `${subsystems.taxes}/bildiris/v1`
const cards = `${subsystems.taxes}/muraciet/v1`
const letter = '{"sened":"Məktub № 5"}'
const cardContract = join(process.cwd(), 'contracts/MURACIET/muraciet/v1')
const card = JSON.parse(
  readFileSync(join(cardContract, 'samples/good/sikayet.request.json'), 'utf8'),
) as Readonly<Record<string, unknown>>

let bus: WholeBus
/** The recipient's system, as it speaks to the bus itself. */
let taxes: TestConsumer

beforeAll(async () => {
  bus = await startWholeBus()
  await bus.registry.change(subsystems.taxes, {
    services: [
      sampleService('bildiris', bus.providers.taxes.address, { pattern: 'one-way' }),
      sampleService('muraciet', bus.providers.taxes.address, {
        ...{ pattern: 'one-way', contract: cardContract },
        limits: { timeLimitMs: 10_000, requestBytesMax: 8_388_608, replyBytesMax: 65_536 },
      }),
    ],
  })
  await bus.registry.apply({
    accessRights: [service, cards].map((each) => sampleRight(subsystems.portal, each)),
  })
  taxes = bus.consumer(subsystems.taxes, bus.identities.taxes)
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

const send = (rest: Parameters<TestConsumer['call']>[0] = {}): Promise<Answer> =>
  bus.portal.call({ service, payload: letter, ...rest })

/** Resolves once the outbox is done with a message. */
const settled = (exchangeId: string): Promise<void> =>
  until(async () => (await bus.log.rows('outbox_message', exchangeId)) === 0)

interface Status {
  readonly state: string
  readonly text: Record<string, string>
  readonly lastFault?: string
  readonly expiresAt?: string
  readonly notices: readonly {
    readonly notice: string
    readonly text: Record<string, string>
    readonly number?: string
    readonly date?: string
    readonly ground?: Record<string, string>
  }[]
}

const askFor = (exchangeId: string, by = bus.portal, of: string = subsystems.portal) =>
  by.call({ method: 'GET', service: `${of}/messageStatus/${exchangeId}` })

async function statusOf(exchangeId: string): Promise<Status> {
  const answer = await askFor(exchangeId)
  await expectAnswered(bus, answer)
  return JSON.parse(answer.payload.toString()) as Status
}

const say = (said: Record<string, unknown>, by = taxes): Promise<Answer> =>
  by.call({ service: `${subsystems.portal}/messageNotice`, payload: JSON.stringify(said) })

async function delivered(): Promise<string> {
  const { exchangeId, status } = await send()
  expect(status).toBe(202)
  await settled(exchangeId)
  return exchangeId
}

describe('a message over REST', () => {
  it('is taken with a signed word of the bus, delivered, and asked for', async () => {
    const messageId = randomUUID()
    const arrival = bus.providers.taxes.nextDelivery()
    const answer = await send({ messageId })
    const { exchangeId } = answer
    expect(answer).toMatchObject({ status: 202, fault: undefined, isBound: true })
    const location = `/r1/${subsystems.portal}/messageStatus/${exchangeId}`
    expect(answer.signed('location')).toBe(location)
    expect(JSON.parse(answer.payload.toString())).toEqual({ exchangeId, messageId })
    const [request] = await bus.log.entries(exchangeId)
    expect(answer.signed('sluice-entry')).toBe(request?.leafHash.toString('base64url'))
    expect(answer.signed('sluice-receipt')).toBeUndefined()

    expect((await arrival).payload.toString()).toBe(letter)
    await settled(exchangeId)
    const kinds = (await bus.log.entries(exchangeId)).map(({ fields }) => fields.kind)
    expect(kinds).toEqual(['request', 'reply'])
    const status = await statusOf(exchangeId)
    expect(status).toMatchObject({
      ...{ exchangeId, messageId, service, state: 'delivered', attempts: 0 },
      text: { az: 'çatdırıldı', en: 'delivered' },
      notices: [
        { notice: 'CATDIRILIB', text: { az: 'çatdırıldı', en: 'delivered' }, recipient: service },
        { notice: 'QEBUL_EDILIB', text: { az: 'qəbul edildi', en: 'accepted' } },
      ],
    })
  })

  it('that its recipient refuses is told with the ground', async () => {
    const problem = { title: 'Sənəd natamamdır' }
    bus.providers.taxes.answer = () => ({
      status: 422,
      headers: { 'Content-Type': 'application/problem+json' },
      payload: JSON.stringify(problem),
    })
    const exchangeId = await delivered()
    const { state, notices } = await statusOf(exchangeId)
    expect([state, notices.map(({ notice }) => notice)]).toEqual(['refused', ['IMTINA']])
    expect(notices[0]?.text).toEqual({ az: 'imtina edildi', en: 'refused' })
    expect(notices[0]?.ground?.az).toContain('Sənəd natamamdır')
  })

  it('waits out a maintenance window', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await bus.registry.change(service, { status: 'maintenance', until })
    const expires = new Date(Date.now() + 7_200_000).toISOString()
    const { status, exchangeId, payload } = await send({ headers: { 'Sluice-Expires': expires } })
    expect(status).toBe(202)
    expect(JSON.parse(payload.toString())).toMatchObject({ expiresAt: expires })
    for (;;) {
      const { state, lastFault, expiresAt } = await statusOf(exchangeId)
      expect([state, expiresAt]).toEqual(['waiting', expires])
      if (lastFault === 'IN_MAINTENANCE') break
    }
    expect(bus.providers.taxes.count).toBe(0)
    await bus.registry.change(service, { status: 'active' })
    await settled(exchangeId)
    expect(bus.providers.taxes.count).toBe(1)
  })

  it.each([
    ['in the past', -1_000],
    ['too far ahead', 31 * 86_400_000],
  ])('is refused where it expires %s', async (_, ms) => {
    const expires = new Date(Date.now() + ms).toISOString()
    const answer = await send({ headers: { 'Sluice-Expires': expires } })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { field: 'expires' })
  })

  it('with data that may not be carried is refused, and nothing of it is kept (R-018)', async () => {
    const answer = await send({ headers: { 'Sluice-Classification': 'secret' } })
    await expectRefused(bus, answer, 'CLASSIFICATION_FORBIDDEN')
    expect(await bus.log.rows('message_log_payload', answer.exchangeId)).toBe(0)
    expect(await bus.log.rows('outbox_message', answer.exchangeId)).toBe(0)
  })
})

describe('a message sent again', () => {
  it('is told the exchange that it began, and is delivered once', async () => {
    const call = bus.portal.sign({ service, payload: letter })
    const first = await bus.portal.send(call)
    const again = await bus.portal.send(call)
    await expectRefused(bus, again, 'DUPLICATE_MESSAGE', { status: 409 })
    expect(again.problem).toMatchObject({ repeatOf: first.exchangeId })
    await settled(first.exchangeId)
    expect(bus.providers.taxes.count).toBe(1)
  })

  it('with the same id and other content is another message, and is told of none', async () => {
    const messageId = randomUUID()
    await send({ messageId })
    const other = await send({ messageId, payload: '{"sened":"Başqa"}' })
    await expectRefused(bus, other, 'DUPLICATE_MESSAGE', { status: 409 })
    expect(other.problem).not.toHaveProperty('repeatOf')
  })

  it('at one time is taken once', async () => {
    const call = bus.portal.sign({ service, payload: letter })
    const answers = await Promise.all(Array.from({ length: 8 }, () => bus.portal.send(call)))
    const taken = answers.filter(({ status }) => status === 202)
    expect(taken).toHaveLength(1)
    await settled(taken[0]!.exchangeId)
    expect(bus.providers.taxes.count).toBe(1)
  })
})

describe('what became of a message', () => {
  it('is told to its sender alone', async () => {
    const exchangeId = await delivered()
    const { personnel } = bus.consumers
    const unknown = await askFor(randomUUID())
    const others = await askFor(exchangeId, personnel, subsystems.personnel)
    for (const answer of [unknown, others]) {
      await expectRefused(bus, answer, 'TARGET_UNREGISTERED', {
        ...{ status: 404, field: 'exchangeId', entries: 2 },
      })
    }
    expect(others.problem?.detail).toBe(unknown.problem?.detail)
    const foreign = await askFor(exchangeId, personnel)
    await expectRefused(bus, foreign, 'TARGET_UNREGISTERED', { status: 404 })
  })

  it.each(['', '/', '/yoxdur'])('is asked by an exchange id: %j', async (rest) => {
    const answer = await bus.portal.call({
      method: 'GET',
      service: `${subsystems.portal}/messageStatus`,
      rest,
    })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { field: 'exchangeId', entries: 2 })
  })

  it('is no secret of an exchange whose consumer waits for the answer', async () => {
    const { exchangeId } = await bus.portal.call()
    const answer = await askFor(exchangeId)
    await expectRefused(bus, answer, 'TARGET_UNREGISTERED', { field: 'exchangeId', entries: 2 })
  })
})

describe('what a recipient says of a message', () => {
  it('comes to its sender, with an entry of its own', async () => {
    const exchangeId = await delivered()
    const registered = {
      exchangeId,
      notice: 'QEYDIYYATA_ALINIB',
      number: '8/12',
      date: '2026-11-26',
    }
    const answer = await say(registered)
    await expectAnswered(bus, answer)
    expect(JSON.parse(answer.payload.toString())).toEqual({
      ...{ exchangeId, notice: 'QEYDIYYATA_ALINIB' },
      text: { az: 'qeydiyyata alındı', en: 'registered' },
    })
    await expectAnswered(bus, await say(registered))
    await expectRefused(
      bus,
      await say({ exchangeId, notice: 'IMTINA', ground: 'Səhv ünvan' }),
      'REQUEST_INVALID',
      { field: 'notice', entries: 2 },
    )
    const { state, notices } = await statusOf(exchangeId)
    expect(state).toBe('delivered')
    expect(notices.slice(2)).toMatchObject([
      { notice: 'QEYDIYYATA_ALINIB', number: '8/12', date: '2026-11-26' },
    ])
    const [request] = await bus.log.entries(exchangeId)
    const said = await bus.log.entriesOfMessage(request!.fields.messageId!)
    const told = said.map(({ fields }) => fields).filter(({ kind }) => kind === 'notice')
    expect(told).toEqual([
      expect.objectContaining({
        ...{ outcome: 'QEYDIYYATA_ALINIB', noticeOf: exchangeId, provider: subsystems.taxes },
        requestEntry: request!.leafHash.toString('base64url'),
      }),
    ])
  })

  it('is refused where it contradicts what was said, or is none', async () => {
    const exchangeId = await delivered()
    await say({ exchangeId, notice: 'IMTINA', ground: 'Səhv ünvan' })
    for (const [said, field] of [
      [{ exchangeId, notice: 'QEYDIYYATA_ALINIB', number: '1', date: '2026-11-26' }, 'notice'],
      [{ exchangeId, notice: 'CATDIRILIB' }, 'notice'],
      [{ exchangeId, notice: 'QEBUL_EDILIB', qeyd: 'x' }, 'body'],
      [{ exchangeId: 'x', notice: 'QEBUL_EDILIB' }, 'exchangeId'],
    ] as const) {
      await expectRefused(bus, await say(said), 'REQUEST_INVALID', { field, entries: 2 })
    }
    const got = await taxes.call({ method: 'GET', service: `${subsystems.portal}/messageNotice` })
    await expectRefused(bus, got, 'REQUEST_INVALID', { field: 'method', entries: 2 })
  })

  it('is taken of nobody else', async () => {
    const exchangeId = await delivered()
    for (const by of [bus.portal, bus.consumers.personnel]) {
      const answer = await say({ exchangeId, notice: 'QEBUL_EDILIB' }, by)
      await expectRefused(bus, answer, 'TARGET_UNREGISTERED', {
        ...{ status: 404, field: 'exchangeId', entries: 2 },
      })
    }
  })
})

describe('a message whose execution is controlled (R-203)', () => {
  it('is durable together with what it says of its case, and one of another contract says nothing', async () => {
    const vereqeId = randomUUID()
    const payload = JSON.stringify({ ...card, vereqeId })
    const { status, exchangeId } = await send({ service: cards, payload })
    expect([status, await bus.log.rows('execution_step', exchangeId)]).toEqual([202, 1])
    const other = await delivered()
    expect(await bus.log.rows('execution_step', other)).toBe(0)
    await settled(exchangeId)
  })

  it.each(['icraMuddeti', 'vezifeliSexs', 'mezmun'])(
    'is refused at its sender’s side without %s (R-208)',
    async (field) => {
      const payload = JSON.stringify({ ...card, [field]: undefined })
      const answer = await send({ service: cards, payload })
      await expectRefused(bus, answer, 'REQUEST_INVALID', { status: 400, field: `/${field}` })
      expect(await bus.log.rows('execution_step', answer.exchangeId)).toBe(0)
    },
  )
})

it('has a ground and a case as any request of an agency (R-104)', async () => {
  const answer = await send({ headers: { ...onBehalfOfBody, 'X-Road-Issue': undefined } })
  await expectRefused(bus, answer, 'LEGAL_BASIS_REQUIRED', { field: 'caseNumber' })
})
