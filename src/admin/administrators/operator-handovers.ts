import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { unprocessable, type Problem } from '../problem.js'
import { revokeSessions } from '../sessions/session.store.js'
import { isMember } from './administrator.store.js'
import type { Doer } from './doer.js'
import { refuseWithoutOperator } from './last-operator.js'
import {
  endAssignments,
  insertAssignment,
  insertHandover,
  operatorTerms,
  takeTurnAtRoles,
  type Handover,
  type OperatorTerm,
} from './role-assignment.store.js'
import { activeAdministrator, toThemselves } from './role-changes.js'
import type { AdminTransaction } from './transaction.store.js'

/** Who operates the bus from when on. */
export interface WantedHandover {
  readonly operator: MemberId
  /** Ids of its administrators who are operators then. */
  readonly officers: readonly string[]
  /** Undefined: now. */
  readonly from: Date | undefined
}

/** Hands the role of the operator over from one body to another. */
export class OperatorHandovers {
  readonly #database: AdminDatabase
  readonly #clock: () => Date

  constructor(database: AdminDatabase, clock: () => Date) {
    this.#database = database
    this.#clock = clock
  }

  /**
   * From that moment on the officers of other bodies are operators no more, by the dates of their roles, and the new ones
   * are. What the former ones granted and decided stays, under their names.
   * @throws Problem UNPROCESSABLE for a member or officers that are none of it, FORBIDDEN for oneself among the officers
   */
  handOver(doer: Doer, { operator, officers, from }: WantedHandover): Promise<Handover> {
    return this.#database.transaction(async (client) => {
      const now = this.#clock()
      const at = from ?? now
      if (at < now) throw inThePast()
      await takeTurnAtRoles(client)
      await checkOfficers(client, doer, operator, officers)
      const before = await operatorTerms(client, now)
      const ended = before.filter(
        ({ member, until }) => member !== operator && (until === undefined || until > at),
      )
      const staying = before.filter(
        ({ member, until, isActive }) => member === operator && until === undefined && isActive,
      )
      const kept = staying.filter((term) => term.from <= at).map((term) => term.administrator)
      const appointed = officers.filter((officer) => !kept.includes(officer))
      const after = [
        ...before.map((term) => (ended.includes(term) ? { ...term, until: at } : term)),
        ...appointed.map(() => ({ from: at, until: undefined, isActive: true })),
      ]
      refuseWithoutOperator(before, after, now)
      const act = await recordHandover(
        client,
        doer,
        { operator, at, before, ended, appointed },
        now,
      )
      await endAssignments(
        client,
        ended.map(({ id }) => id),
        at,
        act,
      )
      await appoint(client, doer, { appointed, at, act })
      if (at <= now) await revokeAll(client, ended, now)
      const handover = { id: newId(), operator, from: at, madeAt: now, act }
      await insertHandover(client, handover)
      return handover
    })
  }
}

async function checkOfficers(
  client: AdminTransaction,
  { granter }: Doer,
  operator: MemberId,
  officers: readonly string[],
): Promise<void> {
  if (!(await isMember(client, operator))) {
    throw unprocessable('/operator', {
      az: 'Reyestrdə belə iştirakçı yoxdur',
      en: 'The registry has no such member',
    })
  }
  for (const officer of officers) {
    if (officer === granter.administratorId) throw toThemselves()
    const { member } = await activeAdministrator(client, officer)
    if (member !== operator) {
      throw unprocessable('/officers', {
        az: 'Təyin edilənlər yeni operatorun inzibatçıları olmalıdır',
        en: 'The officers are administrators of the new operator',
      })
    }
  }
}

interface Change {
  readonly operator: MemberId
  readonly at: Date
  readonly before: readonly OperatorTerm[]
  readonly ended: readonly OperatorTerm[]
  readonly appointed: readonly string[]
}

async function recordHandover(
  client: AdminTransaction,
  { author }: Doer,
  { operator, at, before, ended, appointed }: Change,
  now: Date,
): Promise<string> {
  const from = at.toISOString()
  const audited = (term: OperatorTerm) => ({
    administrator: term.administrator,
    name: term.name,
    member: term.member ?? null,
    until: term.until?.toISOString() ?? null,
  })
  const act = await recordAct(
    client,
    {
      ...author,
      kind: 'operator.handover',
      subject: `operator ${operator}`,
      before: before.map(audited),
      after: { operator, from, ended: ended.map(audited), appointed },
    },
    now,
  )
  return act.actId
}

async function appoint(
  client: AdminTransaction,
  { granter }: Doer,
  { appointed, at, act }: { appointed: readonly string[]; at: Date; act: string },
): Promise<void> {
  for (const administrator of appointed) {
    const role = { role: 'OPERATOR', scope: undefined, from: at, until: undefined } as const
    const grantedBy = granter.administratorId
    await insertAssignment(client, { ...role, id: newId(), administrator, grantedBy, act })
  }
}

async function revokeAll(
  client: AdminTransaction,
  ended: readonly OperatorTerm[],
  now: Date,
): Promise<void> {
  for (const { administrator } of ended) {
    await revokeSessions(client, { administrator, because: 'role' }, now)
  }
}

function inThePast(): Problem {
  return unprocessable('/from', {
    az: 'Operator keçmiş tarixdən dəyişdirilmir',
    en: 'The operator does not change in the past',
  })
}
