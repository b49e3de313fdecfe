import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openTestAdminApi, type AdminAnswer, type TestAdminApi } from '../support/admin-api.js'
import { until } from '../support/message-log.js'
import type { Answer, TestConsumer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { silence } from '../support/whole-bus-provider.js'
import { sampleRight, sampleService, services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const message = `${subsystems.taxes}/bildiris/v1`
const works = { az: 'Baza yenilənir', en: 'Database upgrade' }
const provider = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const

let bus: WholeBus
let api: TestAdminApi
/** The portal's system in front of each of two nodes over one database. */
let portal: readonly [TestConsumer, TestConsumer]

beforeAll(async () => {
  bus = await startWholeBus({ limits: { breakerOpenMs: 1_000 } })
  const other = await bus.startAnother()
  portal = [bus.portal, bus.portal.at(other.address)]
  api = await openTestAdminApi(bus.database)
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('bildiris', bus.providers.taxes.address, { pattern: 'one-way' })],
  })
  await bus.registry.apply({ accessRights: [sampleRight(subsystems.portal, message)] })
})

afterAll(async () => {
  portal[1].close()
  await api.close()
  await bus.close()
})

beforeEach(() => {
  bus.providers.taxes.reset()
  bus.providers.education.reset()
})

interface WindowJson {
  readonly id: string
  readonly from: string
  readonly until: string
}

async function file(fromMs: number, lastsMs: number): Promise<AdminAnswer> {
  const from = Date.now() + fromMs
  const answer = await api.call('POST', '/v1/maintenance-windows', {
    as: provider,
    body: {
      ...{ target: subsystems.taxes, works, from: new Date(from).toISOString() },
      until: new Date(from + lastsMs).toISOString(),
    },
  })
  expect(answer.status).toBe(201)
  await bus.registry.settled()
  return answer
}

const windowOf = ({ json }: AdminAnswer): WindowJson => json as WindowJson

const end = (window: AdminAnswer): Promise<AdminAnswer> =>
  api.call('POST', `/v1/maintenance-windows/${windowOf(window).id}/end`, {
    ...{ as: provider, ifMatch: window.headers['etag'] as string },
  })

/** Calls both nodes until each answers so. */
async function bothUntil(holds: (answer: Answer) => boolean): Promise<Answer[]> {
  return Promise.all(
    portal.map(async (each) => {
      for (;;) {
        const answer = await each.call()
        if (holds(answer)) return answer
      }
    }),
  )
}

const stateOf = async (service: string): Promise<unknown> =>
  (await api.call('GET', `/v1/services/${encodeURIComponent(service)}/state`, { as: 'nobody' }))
    .json

const change = (window: AdminAnswer, until: string): Promise<AdminAnswer> =>
  api.call('PATCH', `/v1/maintenance-windows/${windowOf(window).id}`, {
    ...{ as: provider, ifMatch: window.headers['etag'] as string, body: { until } },
  })

describe('R-142: in a window the gate of every node answers for the system', () => {
  /** Opens a window, and puts a message behind it. */
  async function closed(): Promise<{ window: AdminAnswer; exchangeId: string }> {
    const window = await file(1_000, 3_600_000)
    await bothUntil(({ fault }) => fault !== undefined)
    bus.providers.taxes.reset()
    const { status, exchangeId } = await portal[1].call({ service: message, payload: '{}' })
    expect(status).toBe(202)
    await until(async () => (await waitsFor(exchangeId)) === 'IN_MAINTENANCE')
    expect(bus.providers.taxes.count).toBe(0)
    return { window, exchangeId }
  }

  const delivered = (exchangeId: string): Promise<void> =>
    until(async () => (await bus.log.rows('outbox_message', exchangeId)) === 0)

  async function waitsFor(exchangeId: string): Promise<string | undefined> {
    const service = `${subsystems.portal}/messageStatus/${exchangeId}`
    const answer = await portal[0].call({ method: 'GET', service })
    return (JSON.parse(answer.payload.toString()) as { lastFault?: string }).lastFault
  }

  it('with the planned end, until it is ended; messages wait, and are delivered then', async () => {
    const { window, exchangeId } = await closed()
    const { until: planned } = windowOf(window)
    for (const each of portal) {
      const answer = await each.call()
      await expectRefused(bus, answer, 'IN_MAINTENANCE', { side: 'provider' })
      const seconds = Number(answer.headers['retry-after'])
      expect(seconds).toBeGreaterThan((Date.parse(planned) - Date.now()) / 1_000 - 1)
      expect(seconds).toBeLessThanOrEqual(3_600)
    }
    expect(await stateOf(services.taxes)).toMatchObject({ state: 'MAINTENANCE', until: planned })
    expect(await end(window)).toMatchObject({ status: 200, json: { state: 'ended' } })
    await bus.registry.settled()
    for (const each of portal) await expectAnswered(bus, await each.call())
    await delivered(exchangeId)
    expect(bus.providers.taxes.count).toBe(3)
  })

  it('and lets requests and messages pass at its end, when nobody does anything', async () => {
    const { window, exchangeId } = await closed()
    const planned = new Date(Date.now() + 2_000)
    expect((await change(window, planned.toISOString())).status).toBe(200)
    await bothUntil(({ fault }) => fault === undefined)
    expect(Date.now()).toBeGreaterThanOrEqual(planned.getTime())
    await delivered(exchangeId)
  })
})

describe('R-147: a provider that fails five times in a row is FAULTY, on every node', () => {
  async function told(as: Parameters<TestAdminApi['call']>[2]): Promise<string[]> {
    const { json } = await api.call('GET', '/v1/notices?limit=200', as)
    const { items } = json as { items: { kind: string; subject: string }[] }
    const ofServices = items.filter(({ kind }) => kind.startsWith('service.'))
    return ofServices.map(({ kind, subject }) => `${kind} ${subject}`)
  }

  const faulty = (service: string): string => `service.faulty ${service}`
  const restored = (service: string): string => `service.restored ${service}`

  it('that cannot be reached: both nodes refuse at once, its owner is told, a connection restores it', async () => {
    const address = 'http://127.0.0.1:9/xidmet'
    await bus.registry.change(services.taxes, { address })
    // Three at one node and two at the other: neither has seen five.
    for (const each of [0, 1, 0, 1, 0] as const) {
      const answer = await portal[each].call()
      await expectRefused(bus, answer, 'PROVIDER_UNAVAILABLE', { side: 'provider', entries: 2 })
      expect(answer.problem?.detail ?? '').not.toContain('FAULTY')
    }
    await until(async () => (await told({ as: provider })).length > 0)
    await bus.registry.settled()
    for (const each of portal) {
      expect((await each.call()).problem?.detail).toContain('FAULTY')
    }
    expect(await stateOf(services.taxes)).toMatchObject({
      ...{ state: 'FAULTY', label: { az: 'Nasazlıq var' } },
      reason: { az: 'sistemə qoşulmaq mümkün olmadı' },
    })
    expect(await told({ as: provider })).toEqual([faulty(services.taxes)])
    expect(await told({ as: 'OPERATOR' })).toEqual([faulty(services.taxes)])

    // Nobody asks any more; the bus looks by itself.
    await bus.registry.change(services.taxes, { address: bus.providers.taxes.address })
    await until(async () => (await told({ as: provider })).length > 1)
    expect(await told({ as: provider })).toEqual([faulty(services.taxes), restored(services.taxes)])
    expect(bus.providers.taxes.count).toBe(0)
    await bus.registry.settled()
    await bothUntil(({ fault }) => fault === undefined)
    expect(await stateOf(services.taxes)).toMatchObject({ state: 'ACTIVE' })
  })

  it('that does not answer: for who asks; what it sends itself is no fault; one exchange restores it', async () => {
    const service = services.education
    const call = (by: TestConsumer): Promise<Answer> => by.call({ service })
    await bus.registry.change(service, { limits: { timeLimitMs: 100 } })
    bus.providers.education.answer = silence
    for (const each of [0, 1, 0, 1] as const) {
      expect((await call(portal[each])).fault).toBe('PROVIDER_TIMEOUT')
    }
    // Its own fault is an answer, and breaks the row.
    bus.providers.education.answer = () => ({ status: 500 })
    expect((await call(portal[1])).status).toBe(500)
    bus.providers.education.answer = silence
    for (const each of [0, 1, 0, 1] as const) {
      expect((await call(portal[each])).fault).toBe('PROVIDER_TIMEOUT')
    }
    expect(await stateOf(service)).toMatchObject({ state: 'ACTIVE' })
    expect((await call(portal[1])).fault).toBe('PROVIDER_TIMEOUT')
    await until(async () => (await told({ as: 'OPERATOR' })).includes(faulty(service)))
    await bus.registry.settled()
    expect((await call(portal[0])).problem?.detail).toContain('does not answer')

    await bus.registry.change(service, { limits: { timeLimitMs: 10_000 } })
    bus.providers.education.reset()
    const messageId = randomUUID()
    expect((await bus.consumers.personnel.call({ service, messageId })).status).toBe(200)
    await until(async () => (await told({ as: 'OPERATOR' })).includes(restored(service)))
    await bus.registry.settled()
    for (const each of portal) await expectAnswered(bus, await call(each))
  })
})
