import type { Fault } from '../exchange/fault.js'
import { outboxLimits } from '../limits.js'
import type { Attempts } from './attempt.js'
import { nextAttempt } from './back-off.js'
import type { FoundMessage, Lane, OutboxStore } from './outbox.store.js'

export interface LaneParts {
  readonly store: OutboxStore
  readonly attempts: Attempts
  readonly now: () => Date
  /** Whether the lane is still this worker's to deliver. */
  readonly mayGoOn: (lane: Lane) => boolean
  /** A message of the lane has ended, with notices to its sender. */
  readonly onEnded: (lane: Lane) => void
}

/**
 * How a turn at a lane ended: nothing more is there, there is more and others have their turn first, its first message
 * waits, or it is another worker's now.
 */
export type LaneEnd =
  { readonly end: 'empty' | 'more' | 'left' } | { readonly end: 'waiting'; readonly until: Date }

/** Why a lane is looked at. */
export interface LaneCall {
  /** Whether some of its messages have to be ended, wherever they stand. */
  readonly hasEnding: boolean
  /** Whether its first message is tried though its time has not come. */
  readonly isForced: boolean
}

const empty: LaneEnd = { end: 'empty' }
const more: LaneEnd = { end: 'more' }
const left: LaneEnd = { end: 'left' }

/**
 * Delivers what waits in a lane, one message after the other, in the order in which they were accepted, so many in one
 * turn. The first that has to wait holds the others behind it.
 * @throws the database's error: the lane is looked at again later
 */
export async function runLane(lane: Lane, call: LaneCall, parts: LaneParts): Promise<LaneEnd> {
  const { store, now } = parts
  const batchMax = outboxLimits.laneBatchMax
  if (call.hasEnding) {
    const ending = await store.ending(lane, now(), batchMax)
    const end = await runBatch(ending, lane, parts, ending.length)
    if (end || ending.length === batchMax) return end ?? { end: 'waiting', until: now() }
  }
  const messages = await store.first(lane, batchMax)
  const end = await runBatch(messages, lane, parts, call.isForced ? 1 : 0)
  return end ?? (messages.length < batchMax ? empty : more)
}

/**
 * @param earlyMax - so many are tried though their time has not come
 * @returns undefined where all of them have ended
 */
async function runBatch(
  messages: readonly FoundMessage[],
  lane: Lane,
  parts: LaneParts,
  earlyMax: number,
): Promise<LaneEnd | undefined> {
  let early = earlyMax
  for (const message of messages) {
    if (!parts.mayGoOn(lane)) return left
    if (message.isEnded) {
      await parts.store.forget(message.exchangeId)
      continue
    }
    if (early === 0 && message.nextAt > parts.now()) {
      return { end: 'waiting', until: message.nextAt }
    }
    early = Math.max(0, early - 1)
    const outcome = await parts.attempts.at(message)
    if (outcome.outcome === 'waiting') return postponed(message, outcome.fault, parts)
    parts.onEnded(lane)
  }
  return undefined
}

async function postponed(
  message: FoundMessage,
  fault: Fault,
  { store, now }: LaneParts,
): Promise<LaneEnd> {
  const attempts = message.attempts + 1
  const { expiresAt, exchangeId } = message
  const until = nextAttempt(fault, attempts, { now: now(), expiresAt })
  await store.postpone(exchangeId, { attempts, nextAt: until, fault: fault.code })
  return { end: 'waiting', until }
}
