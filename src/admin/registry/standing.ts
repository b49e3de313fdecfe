import { recordAct } from '../../audit-log/audit-log.store.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import {
  findStoppable,
  forgetSuspension,
  noteSuspension,
  type Stoppable,
  type SuspendedBy,
} from './suspension.store.js'

/** A standing that somebody gives to a system or a service. */
export interface NewStanding {
  readonly of: 'subsystem' | 'service'
  readonly id: string
  readonly status: string
  readonly reason: string
}

type Side = SuspendedBy | 'operator'

/** Who is above whom: what one has stopped, those before it do not let go on, and what they stopped it may take over. */
const order: readonly Side[] = ['owner', 'founder', 'operator']

/**
 * Holds a new standing to who gives it: the operator any; the founder of its domain stops systems, the owner what it owns,
 * and each lets go on only what itself has stopped. Remembers whose a suspension is.
 * @param client - in the transaction that changes the standing, under the registry's lock and before it is changed
 * @throws Problem NOT_FOUND, FORBIDDEN
 */
export async function holdToStanding(
  client: AdminTransaction,
  standing: NewStanding,
  caller: Caller,
): Promise<void> {
  const { of, id, status, reason } = standing
  const present = await findStoppable(client, of, id)
  if (!present) throw new Problem('NOT_FOUND')
  const side = sideOf(caller, of, present)
  if (side === undefined) throw new Problem('FORBIDDEN', { detail: notYours })
  if (side !== 'operator') checkRange(present, status)
  if (status !== 'suspended') {
    checkResumption(present, side)
    return
  }
  const before = suspendedBy(present)
  if (before !== undefined && order.indexOf(side) <= order.indexOf(before)) return
  await (side === 'operator' ? forgetSuspension(client, id) : noteSuspension(client, id, side))
  // The registry sees no change, and notes none.
  if (before === undefined) return
  const act = { ...caller.actor(), kind: 'suspension.take-over', subject: `${of} ${id}` } as const
  await recordAct(client, { ...act, reason, before: { by: before }, after: { by: side } })
}

/**
 * Successors and places of archives go with the end of a system, which is the operator's to say.
 * @throws Problem FORBIDDEN
 */
export function checkStatusOnly({
  successor,
  archivePlace,
}: {
  readonly successor?: string | undefined
  readonly archivePlace?: string | undefined
}): void {
  if (successor === undefined && archivePlace === undefined) return
  throw new Problem('FORBIDDEN', { detail: notTheEnd })
}

function sideOf(caller: Caller, of: NewStanding['of'], present: Stoppable): Side | undefined {
  if (caller.has('OPERATOR')) return 'operator'
  if (of === 'subsystem' && caller.domains.includes(present.domain)) return 'founder'
  return (caller.members as readonly string[]).includes(present.owner) ? 'owner' : undefined
}

function suspendedBy({ status, suspendedBy: by }: Stoppable): Side | undefined {
  return status === 'suspended' ? (by ?? 'operator') : undefined
}

function checkRange({ status: before }: Stoppable, status: string): void {
  if (before !== 'liquidated' && status !== 'liquidated') return
  throw new Problem('FORBIDDEN', { detail: notTheEnd })
}

function checkResumption(present: Stoppable, side: Side): void {
  const by = suspendedBy(present)
  if (by === undefined || side === 'operator' || by === side) return
  throw new Problem('FORBIDDEN', { detail: by === 'owner' ? ownersOwn : stoppedAbove })
}

const notYours = {
  az: 'Bu, sizin üzvünüzə və ya domeninizə aid deyil',
  en: 'This belongs neither to your member nor to your domain',
}
const notTheEnd = {
  az: 'Ləğv və ləğvdən qaytarma operatorun işidir',
  en: 'The end of it, and its return from it, is the operator’s matter',
}
const stoppedAbove = {
  az: 'Bunu operator və ya təsisçi-administrator dayandırıb: yalnız dayandıran bərpa edə bilər',
  en: 'It was suspended by the operator or the founder-administrator: only who did so lets it go on',
}
const ownersOwn = {
  az: 'Bunu sahibi özü dayandırıb: bərpa etmək də onun işidir',
  en: 'It was suspended by its owner: to let it go on is the owner’s matter',
}
