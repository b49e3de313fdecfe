import { v7 as newId } from 'uuid'
import type { Actor } from '../../audit-log/act.js'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { JsonValue } from '../../canonical-json.js'
import type {
  ConnectedObject,
  DeclaredChange,
  Recheck,
  RecheckCause,
  RecheckScope,
} from '../../recheck/recheck.js'
import { addRecheck, findRecheck, moveRecheck } from '../../recheck/recheck.store.js'
import type { RecheckState } from '../../recheck/recheck.js'
import type { CaseDocument } from '../../connection/connection-case.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { tellOfRecheck } from './tell.js'

/** Why an object is rechecked, how, and until when. */
export interface OpeningTerms {
  readonly cause: RecheckCause
  readonly scope: RecheckScope
  readonly requirementSet: number
  readonly reason?: string | undefined
  readonly change?: DeclaredChange | undefined
  readonly until?: Date | undefined
  /** Whether the operator declares the change, on the owner's behalf. */
  readonly forOwner?: boolean | undefined
  readonly by: Actor
  readonly at: Date
}

/** Opens a recheck, with its act and its notices. @returns undefined where the object is being rechecked already */
export async function openRecheck(
  client: AdminTransaction,
  { checkedBy, ...connected }: ConnectedObject,
  { cause, scope, requirementSet, reason, change, until, forOwner, by, at }: OpeningTerms,
): Promise<Recheck | undefined> {
  const id = newId()
  const about = { id, cause, scope, requirementSet, reason, change, until }
  const wanted = { ...connected, ...about, openedAt: at, openedBy: by }
  if (!(await addRecheck(client, wanted))) return undefined
  const recheck = await reread(client, id)
  await recordAct(
    client,
    {
      ...{ ...by, kind: 'recheck.open', subject: subjectOf(id), reason },
      after: { ...headOf(recheck), checkedBy, ...(change && { change: { ...change } }) },
    },
    at,
  )
  await tellOfRecheck(client, 'recheck.opened', recheck, forOwner ? { forOwner } : {})
  return recheck
}

/** Moves a recheck that is locked, with its act. */
export async function moved(
  client: AdminTransaction,
  before: Recheck,
  state: RecheckState,
  {
    at,
    by,
    documents = [],
  }: { readonly at: Date; readonly by: Actor; readonly documents?: readonly CaseDocument[] },
): Promise<Recheck> {
  await moveRecheck(client, before.id, state, { at, documents })
  const after = await reread(client, before.id)
  const papers = documents.map(({ number, digest }) => ({ number, digest }))
  await recordAct(
    client,
    {
      ...{ ...by, kind: 'recheck.move', subject: subjectOf(before.id) },
      ...{ before: { state: before.state }, after: { ...headOf(after), documents: papers } },
    },
    at,
  )
  return after
}

/** How acts name a recheck. */
export function subjectOf(id: string): string {
  return `recheck ${id}`
}

export async function reread(client: AdminTransaction, id: string): Promise<Recheck> {
  const found = await findRecheck(client, id)
  if (!found) throw new Error('a recheck is never removed')
  return found
}

function headOf({ object, cause, scope, state, requirementSet, until }: Recheck): {
  [member: string]: JsonValue
} {
  const day = until && { until: until.toISOString() }
  return { object, cause, scope, state, requirementSet, ...day }
}
