import { outboxLimits } from '../limits/one-way.js'
import type { Attempts, RecalledMessage } from './attempt.js'
import { nextAttempt } from './back-off.js'
import { LaneFlight, type FailedMessage, type FlightEnd } from './lane-flight.js'
import type { FoundMessage, Lane, OutboxStore } from './outbox.store.js'

export interface LaneParts {
  readonly store: OutboxStore
  readonly attempts: Attempts
  readonly now: () => Date
  /** Whether the lane is still this worker's to deliver. */
  readonly mayGoOn: (lane: Lane) => boolean
  /** A message of the lane has ended, with notices to its sender. */
  readonly onEnded: (lane: Lane) => void
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
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
 * Delivers what waits in a lane, one message behind the other, in the order in which they were accepted, so many in one
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
  const unended = messages.filter(({ isEnded }) => !isEnded)
  // Their exchanges have their outcomes from elsewhere.
  await forget(
    messages.filter(({ isEnded }) => isEnded),
    parts,
  )
  const now = parts.now()
  const waiting = unended.findIndex(({ nextAt }, at) => at >= earlyMax && nextAt > now)
  const due = waiting < 0 ? unended : unended.slice(0, waiting)
  const flight = await fly(due, lane, parts)
  await forget(flight.lost, parts)
  if (flight.failed) return waitFor(flight.failed, flight.ended, parts)
  if (flight.isLeft) return left
  const next = unended[due.length]
  return next && { end: 'waiting', until: next.nextAt }
}

async function forget(messages: readonly FoundMessage[], { store }: LaneParts): Promise<void> {
  if (messages.length > 0) await store.forget(messages.map(({ exchangeId }) => exchangeId))
}

/** They go out one behind the other, and are read back some way ahead of that. */
async function fly(
  due: readonly FoundMessage[],
  lane: Lane,
  { attempts, mayGoOn, onEnded }: LaneParts,
): Promise<FlightEnd & { readonly isLeft: boolean }> {
  const flight = new LaneFlight(attempts, () => onEnded(lane))
  const recalled: RecalledMessage[] = []
  let bytesAhead = 0
  let begun = 0
  for (const message of due) {
    if (!flight.isGood || !mayGoOn(lane)) break
    for (let next = due[recalled.length]; next; next = due[recalled.length]) {
      const isAhead = recalled.length > begun
      if (isAhead && bytesAhead + next.payloadBytes > outboxLimits.laneAheadBytesMax) break
      bytesAhead += next.payloadBytes
      recalled.push(attempts.recall(next))
    }
    const own = recalled[begun]
    if (!own) break
    begun += 1
    bytesAhead -= message.payloadBytes
    await flight.begin(message, own)
  }
  const notTried = recalled.slice(begun).map((each) => attempts.leave(each))
  const [end] = await Promise.all([flight.end(), ...notTried])
  const { failed, ended, lost } = end
  return { failed, ended, lost, isLeft: begun < due.length }
}

/** The failed one is put off, and whatever is behind it waits for it. */
async function waitFor(
  { message, fault, isTaken }: FailedMessage,
  ended: readonly FoundMessage[],
  { store, now, warn }: LaneParts,
): Promise<LaneEnd> {
  const { expiresAt, exchangeId } = message
  const ahead = ended.filter(({ position }) => position > message.position).length
  if (ahead > 0 && !isTaken) warn('outbox.order_lost', { exchangeId, ahead })
  // Others took the room for the moment; what this lane had under way has made some.
  if (fault.code === 'THROTTLED' && ended.length > 0) return more
  const attempts = message.attempts + 1
  const until = nextAttempt(fault, attempts, { now: now(), expiresAt })
  await store.postpone(exchangeId, { attempts, nextAt: until, fault: fault.code })
  return { end: 'waiting', until }
}
