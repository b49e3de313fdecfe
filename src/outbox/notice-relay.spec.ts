import { expect, it } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import type { ProtocolAdapter } from '../exchange/adapter.js'
import { parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'
import type { DeliveryNotice } from '../exchange/message-notice.js'
import { outboxLimits } from '../limits/one-way.js'
import { NoticeRelay } from './notice-relay.js'
import type { NoticeStore, UntoldNotice } from './notices.store.js'

const senderOf = (n: number): SubsystemId => parseSubsystemId(`AZ/GOV/VN/SYS${n}`)

/** Senders whose notices lie in memory, and whose queues take them or not. */
class Field {
  nowMs = Date.now()
  readonly gone = new Set<SubsystemId>()
  /** The next notices that are not taken. */
  readonly refused = new Set<string>()
  /** Attempts, told or not, in their order. */
  readonly tried: string[] = []
  readonly warnings: string[] = []
  readonly #untold: UntoldNotice[] = []
  readonly givenUp: bigint[] = []
  readonly relay: NoticeRelay

  constructor() {
    const store = {
      untold: (senders: readonly SubsystemId[], eachMax: number) =>
        Promise.resolve(
          senders.flatMap((sender) =>
            this.#untold.filter(({ notice }) => notice.sender === sender).slice(0, eachMax),
          ),
        ),
      told: (positions: readonly bigint[]) => this.#drop(positions),
      giveUp: (positions: readonly bigint[]) => {
        this.givenUp.push(...positions)
        return this.#drop(positions)
      },
    } as unknown as NoticeStore
    const adapter = {
      notify: ({ sender, messageId }: DeliveryNotice) => {
        this.tried.push(`${sender} ${messageId}`)
        if (this.refused.delete(messageId)) return Promise.reject(new Error('full'))
        return this.gone.has(sender) ? Promise.reject(new Error('gone')) : Promise.resolve()
      },
    } as unknown as ProtocolAdapter
    this.relay = new NoticeRelay({
      ...{ store, adapters: new Map([['mq', adapter]]), holds: () => true },
      now: () => new Date(this.nowMs),
      warn: (event) => this.warnings.push(event),
    })
  }

  #drop(positions: readonly bigint[]): Promise<void> {
    for (const position of positions) {
      this.#untold.splice(
        this.#untold.findIndex((each) => each.position === position),
        1,
      )
    }
    return Promise.resolve()
  }

  /** @param exchangeId - of the message that they are all of; each of one of its own without it */
  leave(sender: SubsystemId, count: number, exchangeId?: string): void {
    for (let n = 0; n < count; n += 1) {
      const of = { exchangeId: exchangeId ?? `${sender} ${n}`, at: new Date(this.nowMs) }
      const notice = { ...of, sender, messageId: `m${n}` } as DeliveryNotice
      this.#untold.push({ position: BigInt(this.#untold.length), notice, protocol: 'mq' })
    }
  }

  get untold(): number {
    return this.#untold.length
  }

  async call(...senders: readonly SubsystemId[]): Promise<void> {
    for (const sender of senders) this.relay.call(sender)
    await turn()
    await this.relay.idle()
    await turn()
    await this.relay.idle()
  }
}

it('senders who cannot be told rest, however many they are, and hold up no other', async () => {
  const field = new Field()
  const gone = Array.from({ length: 100 }, (_none, n) => senderOf(n))
  for (const sender of gone) {
    field.gone.add(sender)
    field.leave(sender, 1)
  }
  const free = senderOf(100)
  field.leave(free, 3)
  await field.call(...gone, free)
  expect(field.tried.filter((each) => each.startsWith(`${free} `))).toHaveLength(3)
  field.tried.length = 0
  await field.call(...gone)
  expect(field.tried).toEqual([])
})

it('a sender that could not be told is tried with one, and told the rest in their order', async () => {
  const field = new Field()
  const sender = senderOf(1)
  field.gone.add(sender)
  field.leave(sender, 4)
  await field.call(sender)
  field.tried.length = 0
  field.nowMs += 2_000
  await field.call(sender)
  expect(field.tried).toEqual([`${sender} m0`])
  field.gone.clear()
  field.tried.length = 0
  field.relay.wake()
  await field.call(sender)
  expect(field.tried).toEqual(['m0', 'm1', 'm2', 'm3'].map((id) => `${sender} ${id}`))
  expect(field.untold).toBe(0)
})

it('of one message nothing is told before what came before it', async () => {
  const field = new Field()
  const sender = senderOf(1)
  field.leave(sender, 3, 'one message')
  field.refused.add('m1')
  await field.call(sender)
  expect(field.tried).toEqual([`${sender} m0`, `${sender} m1`])
  expect(field.untold).toBe(2)
  field.relay.wake()
  await field.call(sender)
  expect(field.tried.slice(2)).toEqual([`${sender} m1`, `${sender} m2`])
  expect(field.untold).toBe(0)
})

it('notices that nobody could be told for a week are given up', async () => {
  const field = new Field()
  const sender = senderOf(1)
  field.gone.add(sender)
  field.leave(sender, 2)
  await field.call(sender)
  expect(field.givenUp).toEqual([])
  field.nowMs += outboxLimits.noticeTriedForMs + 600_000
  field.leave(sender, 1)
  await field.call(sender)
  expect(field.givenUp).toEqual([0n, 1n])
  expect(field.warnings.filter((event) => event === 'outbox.notice_given_up')).toHaveLength(2)
  expect(field.untold).toBe(1)
})
