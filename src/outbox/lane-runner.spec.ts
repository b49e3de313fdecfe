import { expect, it } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import type { DeliveryProgress } from '../exchange/deliver-stored.js'
import { Fault } from '../exchange/fault.js'
import { parseSubsystemId } from '../exchange/identifier.js'
import type { Attempts, AttemptOutcome, RecalledMessage } from './attempt.js'
import { runLane, type LaneEnd } from './lane-runner.js'
import type { FoundMessage, Lane, OutboxStore } from './outbox.store.js'

const sender = parseSubsystemId('AZ/GOV/VN/SYS1')
const lane: Lane = { partition: 0, sender, provider: parseSubsystemId('AZ/GOV/DIN/GCQ') }
const now = new Date()
const delivered = { outcome: 'delivered' } as AttemptOutcome
const waiting = (code: 'PROVIDER_UNAVAILABLE' | 'THROTTLED'): AttemptOutcome => ({
  outcome: 'waiting',
  fault: new Fault(code),
})

/** A lane whose recipient does as it is told, message by message. */
class Field {
  /** In the order in which they began. */
  readonly begun: string[] = []
  readonly left: string[] = []
  readonly postponed: string[] = []
  readonly forgotten: string[] = []
  readonly warnings: string[] = []
  readonly #parties = new Map<
    string,
    { progress: DeliveryProgress; end: (outcome: AttemptOutcome) => void }
  >()

  run(count: number): Promise<LaneEnd> {
    const messages = Array.from(
      { length: count },
      (_none, at) =>
        ({
          ...{ position: BigInt(at), exchangeId: `m${at}`, isEnded: false, nextAt: new Date(0) },
          ...{ payloadBytes: 1, attempts: 0, expiresAt: new Date(now.getTime() + 60_000) },
        }) as FoundMessage,
    )
    const store = {
      first: () => Promise.resolve(messages),
      postpone: (id: string) => Promise.resolve(this.postponed.push(id)),
      forget: (ids: string[]) => Promise.resolve(this.forgotten.push(...ids)),
    }
    const attempts = {
      recall: (message: FoundMessage) => ({ message }),
      leave: ({ message }: RecalledMessage) => Promise.resolve(this.left.push(message.exchangeId)),
      at: ({ message }: RecalledMessage, progress: DeliveryProgress) =>
        new Promise((end) => {
          this.begun.push(message.exchangeId)
          this.#parties.set(message.exchangeId, { progress, end })
        }),
    }
    return runLane(
      lane,
      { hasEnding: false, isForced: false },
      {
        store: store as unknown as OutboxStore,
        attempts: attempts as unknown as Attempts,
        ...{ now: () => now, mayGoOn: () => true, onEnded: () => undefined },
        warn: (event) => this.warnings.push(event),
      },
    )
  }

  async handOver(id: string): Promise<void> {
    this.#parties.get(id)?.progress.handedOver()
    await turn()
  }

  async take(id: string): Promise<void> {
    this.#parties.get(id)?.progress.taken()
    await turn()
  }

  async end(id: string, outcome: AttemptOutcome): Promise<void> {
    this.#parties.get(id)?.end(outcome)
    await turn()
  }
}

it('once the recipient took one, the next follow those that stand in its line', async () => {
  const field = new Field()
  const ended = field.run(4)
  await turn()
  await field.handOver('m0')
  expect(field.begun).toEqual(['m0'])
  await field.take('m0')
  await field.handOver('m1')
  await field.handOver('m2')
  await field.handOver('m3')
  expect(field.begun).toEqual(['m0', 'm1', 'm2', 'm3'])
  for (const id of ['m3', 'm1', 'm0', 'm2']) await field.end(id, delivered)
  expect(await ended).toEqual({ end: 'empty' })
})

it('one that hands nothing over is waited for, and the log of it is not', async () => {
  const field = new Field()
  const ended = field.run(2)
  await turn()
  expect(field.begun).toEqual(['m0'])
  await field.take('m0')
  expect(field.begun).toEqual(['m0', 'm1'])
  await field.end('m1', delivered)
  await field.end('m0', delivered)
  expect(await ended).toEqual({ end: 'empty' })
})

it('after a failure none begins, and the lane goes on from the first that failed', async () => {
  const field = new Field()
  const ended = field.run(5)
  await turn()
  await field.take('m0')
  await field.handOver('m1')
  await field.handOver('m2')
  await field.end('m2', waiting('PROVIDER_UNAVAILABLE'))
  await field.end('m1', waiting('PROVIDER_UNAVAILABLE'))
  await field.handOver('m3')
  await field.end('m3', waiting('PROVIDER_UNAVAILABLE'))
  await field.end('m0', delivered)
  expect(await ended).toMatchObject({ end: 'waiting' })
  expect(field.begun).not.toContain('m4')
  expect(field.postponed).toEqual(['m1'])
  expect(field.left).toEqual(['m4'])
  expect(field.warnings).toEqual([])
})

it('tells of one that went ahead of another, and not of one whose outcome the log did not take', async () => {
  const field = new Field()
  const ended = field.run(3)
  await turn()
  await field.take('m0')
  await field.handOver('m1')
  await field.end('m1', waiting('PROVIDER_UNAVAILABLE'))
  await field.end('m2', delivered)
  await field.end('m0', delivered)
  await ended
  expect(field.warnings).toEqual(['outbox.order_lost'])

  const other = new Field()
  const otherEnded = other.run(2)
  await turn()
  await other.take('m0')
  await other.take('m1')
  await other.end('m0', waiting('PROVIDER_UNAVAILABLE'))
  await other.end('m1', delivered)
  await otherEnded
  expect(other.warnings).toEqual([])
})

it('one that found no room behind others of its lane is tried again at its next turn', async () => {
  const field = new Field()
  const ended = field.run(2)
  await turn()
  await field.take('m0')
  await field.end('m1', waiting('THROTTLED'))
  await field.end('m0', delivered)
  expect(await ended).toEqual({ end: 'more' })
  expect(field.postponed).toEqual([])
})

it('one that no entry can end is taken out', async () => {
  const field = new Field()
  const ended = field.run(1)
  await turn()
  await field.end('m0', { outcome: 'lost' })
  expect(await ended).toEqual({ end: 'empty' })
  expect(field.forgotten).toEqual(['m0'])
})
