import type { ClientBase } from 'pg'
import { v7 as newHoldId } from 'uuid'
import { legalHoldsMax } from '../limits/log-archive.js'
import { ArchiveRefusal } from './archive-refusal.js'
import {
  insertHold,
  insertLift,
  readHolds,
  type HoldScope,
  type LegalHold,
} from './legal-hold.store.js'
import { inTransaction } from './turn.store.js'

/** Records the act within the transaction. @returns its id */
export type RecordHoldAct = (client: ClientBase, hold: LegalHold) => Promise<string>

/**
 * Sets a legal hold, with its act.
 * @throws ArchiveRefusal where there are too many
 */
export async function setHold(
  client: ClientBase,
  hold: { readonly scope: HoldScope; readonly reason: string; readonly now: Date },
  recordAct: RecordHoldAct,
): Promise<LegalHold> {
  const { scope, reason, now } = hold
  return inTransaction(client, async () => {
    if ((await readHolds(client)).length >= legalHoldsMax) {
      throw new ArchiveRefusal(
        'busy',
        `there are ${legalHoldsMax} holds in force, and no more may be`,
      )
    }
    const set = { ...scope, holdId: newHoldId(), reason, madeAt: now }
    await insertHold(client, set, await recordAct(client, set))
    return set
  })
}

/**
 * Lifts a legal hold, with the act.
 * @returns the hold as it was; undefined where none of this id is in force
 */
export async function liftHold(
  client: ClientBase,
  lift: { readonly holdId: string; readonly reason: string; readonly now: Date },
  recordAct: RecordHoldAct,
): Promise<LegalHold | undefined> {
  const { holdId, reason, now } = lift
  return inTransaction(client, async () => {
    const hold = (await readHolds(client)).find((each) => each.holdId === holdId)
    if (!hold) return undefined
    const actId = await recordAct(client, hold)
    await insertLift(client, { holdId, reason, madeAt: now }, actId)
    return hold
  })
}
