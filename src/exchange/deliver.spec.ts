import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { ProtocolAdapter } from './adapter.js'
import { Deliver } from './deliver.js'
import type { MediatedRequest, ReceivedReply } from './exchange.js'
import type { Route } from './route.js'
import { Fault } from './fault.js'
import type { ProviderHealth } from './provider-health.js'

type Send = NonNullable<ProtocolAdapter['send']>

const reply = { marker: 'reply' } as unknown as ReceivedReply

function requestTo(route: Partial<Route> = {}, consumer = 'AZ/GOV/VN/VERGI'): MediatedRequest {
  const whole = {
    service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
    provider: 'AZ/GOV/DIN/GCQ',
    protocol: 'rest',
    timeLimitMs: 1_000,
    concurrentMax: 2,
    idempotent: false,
    ...route,
  }
  return { logged: { route: whole, envelope: { consumer } } } as unknown as MediatedRequest
}

function deliverWith(send: Send | undefined, health?: ProviderHealth): Deliver {
  const adapter = { protocol: 'rest', ...(send && { send }) } as unknown as ProtocolAdapter
  return new Deliver({
    adapters: new Map([['rest', adapter]]),
    breakers: { failuresMax: 3, openMs: 1_000, breakersMax: 10, forgetMs: 10_000 },
    attemptsMax: 2,
    ...(health && { health }),
    now: () => new Date(),
  })
}

const failing = (
  code:
    | 'PROVIDER_UNAVAILABLE'
    | 'PROVIDER_FAULT'
    | 'RESPONSE_INVALID'
    | 'REQUEST_INVALID'
    | 'THROTTLED',
) => jest.fn<Send>(() => Promise.reject(new Fault(code)))

/** Lets time pass beside what is under way. */
async function passing<Result>(underWay: Promise<Result>, ms: number): Promise<Result> {
  const [outcome] = await Promise.allSettled([underWay, jest.advanceTimersByTimeAsync(ms)])
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

const hanging: Send = (_, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', { handleEvent: () => reject(new Error('aborted')) })
  })

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('delivery', () => {
  it('hands back what the adapter got', async () => {
    await expect(deliverWith(() => Promise.resolve(reply)).deliver(requestTo())).resolves.toBe(
      reply,
    )
    expect(jest.getTimerCount()).toBe(0)
  })

  it.each([
    ['an adapter that faces consumers only', undefined, 'rest'],
    ['a protocol without adapter', hanging, 'soap'],
  ])('PROVIDER_UNAVAILABLE of the bus: %s', async (_, send, protocol) => {
    await expect(deliverWith(send).deliver(requestTo({ protocol }))).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      side: 'bus',
    })
  })

  it('PROVIDER_TIMEOUT at the time limit of the service, and the adapter is told (R-006)', async () => {
    const sent = deliverWith(hanging).deliver(requestTo())
    await expect(passing(sent, 1_000)).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' })
  })

  it('a bug of an adapter is INTERNAL_ERROR', async () => {
    const send: Send = () => Promise.reject(new Error('bug'))
    await expect(deliverWith(send).deliver(requestTo())).rejects.toMatchObject({
      code: 'INTERNAL_ERROR',
    })
  })
})

describe('what all nodes know of a provider', () => {
  const healthOf = (closed?: string) => ({
    closed: jest.fn(() => closed),
    entered: jest.fn<ProviderHealth['entered']>(),
    succeeded: jest.fn<ProviderHealth['succeeded']>(),
    failed: jest.fn<ProviderHealth['failed']>(),
  })

  it('closes the service before anything is sent, and says why', async () => {
    const send = jest.fn<Send>()
    const health = healthOf('FAULTY')
    await expect(deliverWith(send, health).deliver(requestTo())).rejects.toMatchObject({
      ...{ code: 'PROVIDER_UNAVAILABLE', side: 'provider', detail: 'FAULTY' },
    })
    expect([send, health.entered, health.failed].map(({ mock }) => mock.calls.length)).toEqual([
      ...[0, 0, 0],
    ])
  })

  it('is told of each attempt: how it failed, and that it went well', async () => {
    const health = healthOf()
    const send = failing('PROVIDER_UNAVAILABLE')
    send.mockReset()
    send.mockRejectedValueOnce(new Fault('PROVIDER_UNAVAILABLE')).mockResolvedValueOnce(reply)
    await deliverWith(send, health).deliver(requestTo({ idempotent: true }))
    expect(health.failed.mock.calls.map(([, , { code }]) => code)).toEqual(['PROVIDER_UNAVAILABLE'])
    expect(health.succeeded).toHaveBeenCalledTimes(1)
    expect(health.entered).toHaveBeenCalledTimes(2)
  })

  it('is nothing where the bus itself answers, or a queue takes what nobody reads', async () => {
    for (const route of [
      { metaservice: 'listMethods' },
      { pattern: 'one-way', protocol: 'rest' },
      { pattern: 'one-way', protocol: 'mq' },
    ] as const) {
      const health = healthOf()
      const send = failing('PROVIDER_UNAVAILABLE')
      const deliver = deliverWith(send, health)
      await expect(deliver.deliver(requestTo(route as Partial<Route>))).rejects.toBeDefined()
      const isWatched = 'protocol' in route && route.protocol === 'rest'
      expect(health.failed).toHaveBeenCalledTimes(isWatched ? 1 : 0)
    }
  })
})

describe('a second delivery', () => {
  it.each(['PROVIDER_UNAVAILABLE', 'PROVIDER_FAULT'] as const)(
    'is made after %s only where the contract calls the service idempotent',
    async (code) => {
      for (const [idempotent, times] of [
        [false, 1],
        [true, 2],
      ] as const) {
        const send = failing(code)
        await expect(deliverWith(send).deliver(requestTo({ idempotent }))).rejects.toMatchObject({
          code,
        })
        expect(send).toHaveBeenCalledTimes(times)
      }
    },
  )

  it('may succeed', async () => {
    const send = failing('PROVIDER_FAULT').mockResolvedValueOnce(reply)
    send.mockReset()
    send.mockRejectedValueOnce(new Fault('PROVIDER_FAULT')).mockResolvedValueOnce(reply)
    await expect(deliverWith(send).deliver(requestTo({ idempotent: true }))).resolves.toBe(reply)
  })

  it.each(['RESPONSE_INVALID', 'REQUEST_INVALID', 'THROTTLED'] as const)(
    'is not made after %s',
    async (code) => {
      const send = failing(code)
      await expect(
        deliverWith(send).deliver(requestTo({ idempotent: true })),
      ).rejects.toMatchObject({ code })
      expect(send).toHaveBeenCalledTimes(1)
    },
  )

  it('is not made after the time limit, which holds for all deliveries together', async () => {
    const send = jest.fn<Send>(hanging)
    const sent = deliverWith(send).deliver(requestTo({ idempotent: true }))
    await expect(passing(sent, 1_000)).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' })
    expect(send).toHaveBeenCalledTimes(1)
  })
})

const nextVersion = { service: 'AZ/GOV/DIN/GCQ/finAxtaris/v2' as Route['service'] }

describe("one service's trouble stays its own (R-011)", () => {
  it('refuses at once after failures in a row, and tries again after a while', async () => {
    const send = failing('PROVIDER_UNAVAILABLE')
    const deliver = deliverWith(send)
    for (let i = 0; i < 4; i += 1) {
      await expect(deliver.deliver(requestTo())).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
      })
    }
    expect(deliver.failingServices).toEqual(['AZ/GOV/DIN/GCQ/finAxtaris/v1'])
    expect(send).toHaveBeenCalledTimes(3)
    jest.setSystemTime(Date.now() + 1_000)
    send.mockResolvedValueOnce(reply)
    await expect(deliver.deliver(requestTo())).resolves.toBe(reply)
    expect(deliver.failingServices).toEqual([])
  })

  it("does not close the provider's other services", async () => {
    const send = failing('PROVIDER_UNAVAILABLE')
    const deliver = deliverWith(send)
    for (let i = 0; i < 4; i += 1) await deliver.deliver(requestTo()).catch(() => undefined)
    send.mockResolvedValueOnce(reply)
    await expect(deliver.deliver(requestTo(nextVersion))).resolves.toBe(reply)
  })

  it('what one consumer provokes closes the service for that consumer alone', async () => {
    const send = failing('PROVIDER_FAULT')
    const deliver = deliverWith(send)
    for (let i = 0; i < 3; i += 1) {
      await expect(deliver.deliver(requestTo())).rejects.toMatchObject({ code: 'PROVIDER_FAULT' })
    }
    await expect(deliver.deliver(requestTo())).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    })
    send.mockResolvedValueOnce(reply)
    await expect(deliver.deliver(requestTo({}, 'AZ/GOV/TN/DİPLOM'))).resolves.toBe(reply)
    expect(send).toHaveBeenCalledTimes(4)
  })

  it('a second delivery ends where the first closed the service: what went wrong is told', async () => {
    const send = failing('PROVIDER_FAULT')
    const deliver = deliverWith(send)
    for (let i = 0; i < 2; i += 1) {
      const sent = deliver.deliver(requestTo({ idempotent: true }))
      await expect(sent).rejects.toMatchObject({ code: 'PROVIDER_FAULT' })
    }
    expect(send).toHaveBeenCalledTimes(3)
  })

  // THROTTLED: the bus has no room for the answer.
  it.each(['REQUEST_INVALID', 'THROTTLED'] as const)(
    'what is not the fault of the provider closes nothing: %s',
    async (code) => {
      const deliver = deliverWith(failing(code))
      for (let i = 0; i < 5; i += 1) {
        await expect(deliver.deliver(requestTo())).rejects.toMatchObject({ code })
      }
      expect(deliver.failingServices).toEqual([])
    },
  )

  it('takes no more at a time than the service allows, and gives the places back', async () => {
    const deliver = deliverWith(hanging)
    const busy = [deliver.deliver(requestTo()), deliver.deliver(requestTo())]
    await expect(deliver.deliver(requestTo())).rejects.toMatchObject({
      code: 'THROTTLED',
      side: 'provider',
    })
    const other = deliver.deliver(requestTo(nextVersion))
    const all = Promise.allSettled([...busy, other])
    await jest.advanceTimersByTimeAsync(1_000)
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    const again = deliver.deliver(requestTo())
    await expect(passing(again, 1_000)).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' })
  })

  it('a delivery that the service had no room for leaves no timer behind', async () => {
    const deliver = deliverWith(hanging)
    await expect(deliver.deliver(requestTo({ concurrentMax: 0 }))).rejects.toMatchObject({
      code: 'THROTTLED',
    })
    expect(jest.getTimerCount()).toBe(0)
  })
})
