import { expect, it } from '@jest/globals'
import { setImmediate as turn } from 'node:timers/promises'
import { parseSubsystemId } from '../exchange/identifier.js'
import { outboxLimits } from '../limits/one-way.js'
import type { Attempts } from './attempt.js'
import { Lanes } from './lanes.js'
import type { FoundMessage, Lane, OutboxStore } from './outbox.store.js'

const provider = parseSubsystemId('AZ/GOV/DIN/GCQ')
const laneOf = (n: number): Lane => ({
  partition: 0,
  sender: parseSubsystemId(`AZ/GOV/VN/SYS${n}`),
  provider,
})

it('lanes that never become empty leave a place to the others, and go on after them', async () => {
  const { lanesMax, laneBatchMax } = outboxLimits
  const late = laneOf(lanesMax)
  const delivered: string[] = []
  let isOver = false
  // Of the store's no more is asked than what a lane's first messages are; of the late one's there is one.
  const store = {
    async first({ sender }: Lane) {
      await turn()
      const count = sender !== late.sender ? laneBatchMax : delivered.includes(sender) ? 0 : 1
      const message = {
        isEnded: false,
        nextAt: new Date(0),
        payloadBytes: 1,
        sender,
      } as FoundMessage
      return Array<FoundMessage>(count).fill(message)
    },
  } as unknown as OutboxStore
  const attempts = {
    recall: (message: FoundMessage) => ({ message }),
    at({ message: { sender } }: { message: FoundMessage }) {
      delivered.push(sender)
      return Promise.resolve({ outcome: 'delivered' })
    },
  } as unknown as Attempts
  const nothing = (): void => undefined
  const lanes = new Lanes({
    ...{ store, attempts, now: () => new Date(), mayGoOn: () => !isOver },
    ...{ onEnded: nothing, onRest: nothing, warn: nothing },
  })
  for (let n = 0; n < lanesMax; n += 1) lanes.arrived(laneOf(n))
  await turn()
  lanes.arrived(late)
  while (!delivered.includes(late.sender)) await turn()
  const before = delivered.length
  while (delivered.length < 2 * before) await turn()
  isOver = true
  await lanes.idle()
  const all = new Set(delivered.slice(before))
  expect(all.size).toBe(lanesMax)
})
