import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { judgedProtocol, type CaseCheck, type LineDecision } from '../../connection/case-check.js'
import { addCheck, addDecision, checksOfRecheck } from '../../connection/case-check.store.js'
import { withMerged } from '../../connection/case-succession.store.js'
import { decisionsPerCheckMax } from '../../connection/limits.js'
import { findConnected } from '../../recheck/connected.store.js'
import { recheckDays, recheckDaysMax } from '../../recheck/limits.js'
import { isLive, type DeclaredChange, type Recheck } from '../../recheck/recheck.js'
import {
  findRecheck,
  listRechecks,
  touchRecheck,
  type RechecksWanted,
} from '../../recheck/recheck.store.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { casesSeenBy, sees } from '../connection-cases/case-access.js'
import { notCheckedYet, tooManyDecisions } from '../connection-cases/texts.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'
import { at as fieldProblem, declarationOf, scopeOf, withChange } from './declared-change.js'
import type { RecheckParts } from './desk-parts.js'
import { moved, openRecheck, reread, subjectOf } from './opening.js'
import { tellOfRecheck } from './tell.js'
import { texts } from './texts.js'

const dayMs = 86_400_000

/** A recheck as its caller saw it. */
export interface Seen {
  readonly id: string
  readonly revision: number
}

/** A recheck that nobody else moves until the transaction ends. */
export interface LockedRecheck {
  readonly client: AdminTransaction
  readonly recheck: Recheck
  readonly at: Date
}

/** Rechecks by hand: opened upon a complaint or a change, checked and judged. */
export class RecheckDesk {
  readonly #parts: RecheckParts

  constructor(parts: RecheckParts) {
    this.#parts = parts
  }

  /** In the order of opening, those that concern the caller. */
  list(wanted: Omit<RechecksWanted, 'of'>, caller: Caller): Promise<Recheck[]> {
    return listRechecks(this.#parts.database.pool, { ...wanted, of: casesSeenBy(caller) })
  }

  now(): Date {
    return this.#parts.now()
  }

  /** @throws Problem NOT_FOUND, also for whom it does not concern */
  async read(id: string, caller: Caller): Promise<Recheck> {
    const found = await findRecheck(this.#parts.database.pool, id)
    if (!found || !sees(caller, found)) throw new Problem('NOT_FOUND')
    return found
  }

  /** Oldest first. @throws Problem NOT_FOUND */
  async checks(id: string, caller: Caller): Promise<CaseCheck[]> {
    await this.read(id, caller)
    return checksOfRecheck(this.#parts.database.pool, id)
  }

  /**
   * Upon a complaint, by an officer.
   * @throws Problem UNPROCESSABLE, CONFLICT where the object is being rechecked already
   */
  complain(
    { object, reason, until }: { object: string; reason: string; until: Date | undefined },
    caller: Caller,
  ): Promise<Recheck> {
    const { database, requirementSets } = this.#parts
    const at = this.now()
    const day = dayOf(until, at)
    return database.transaction(async (client) => {
      const connected = await findConnected(client, object)
      if (!connected) throw fieldProblem('/object', texts.notConnected)
      const { version: requirementSet } = await requirementSets.inForceAt(client, at)
      const terms = {
        cause: 'complaint',
        scope: 'full',
        requirementSet,
        reason,
        until: day,
      } as const
      const opened = await openRecheck(client, connected, { ...terms, by: caller.actor(), at })
      return opened ?? alreadyOpen()
    })
  }

  /**
   * What an owner declares to change, or an officer for it; where the kit alone decides, its check is asked for at once.
   * @throws Problem FORBIDDEN, UNPROCESSABLE with what breaks, CONFLICT, TOO_MANY
   */
  async declare(
    wanted: {
      readonly object: string
      readonly reason: string
      readonly until: Date | undefined
      readonly change: DeclaredChange
    },
    caller: Caller,
  ): Promise<Recheck> {
    const { object, reason, until, change } = wanted
    const { database, requirementSets, changes, reader } = this.#parts
    const at = this.now()
    const connected = await findConnected(database.pool, object)
    if (!connected) throw fieldProblem('/object', texts.notConnected)
    if (!mayDeclare(caller, connected)) throw new Problem('FORBIDDEN')
    const scope = await scopeOf({ pool: database.pool, reader }, connected, change)
    const day = dayOf(until, at)
    const document = declarationOf(object, change)
    // Whatever the registry has against it is found out before anything is checked.
    if (document) await changes.apply(() => document, { caller, dryRun: true })
    const application = withChange(connected.application, change)
    const declarer = { by: caller.actor(), forOwner: !caller.members.includes(connected.member) }
    return database.transaction(async (client) => {
      const { version: requirementSet } = await requirementSets.inForceAt(client, at)
      const terms = { cause: 'change', scope, requirementSet, reason, change } as const
      const recheck = await openRecheck(
        client,
        { ...connected, application },
        { ...terms, until: scope === 'full' ? day : undefined, ...declarer, at },
      )
      if (!recheck) return alreadyOpen()
      if (scope === 'probe') await this.#ask({ client, recheck, at }, caller)
      return recheck
    })
  }

  /** Asks for a check by the requirements in force; a node runs it, whichever is first. */
  check(seen: Seen, caller: Caller): Promise<Recheck> {
    return this.locked(seen, caller, async (locked) => {
      const { client, recheck, at } = locked
      await this.checkOfficer(locked, caller)
      const running = (await checksOfRecheck(client, recheck.id)).some(({ protocol }) => !protocol)
      if (running) throw new Problem('CONFLICT', { detail: texts.running })
      await this.#ask(locked, caller)
      await touchRecheck(client, recheck.id)
      const subject = subjectOf(recheck.id)
      await recordAct(client, { ...caller.actor(), kind: 'recheck.request-check', subject }, at)
      return reread(client, recheck.id)
    })
  }

  /** An officer decides on a line, with the reason. */
  judge(
    seen: Seen,
    decision: Pick<LineDecision, 'code' | 'result' | 'reason'>,
    caller: Caller,
  ): Promise<Recheck> {
    return this.locked(seen, caller, async (locked) => {
      const { client, recheck, at } = locked
      await this.checkOfficer(locked, caller)
      this.checkNotDeclarer(locked, caller)
      const check = await lastCheck(client, recheck.id)
      checkLine(check, decision.code)
      await addDecision(client, check.id, { ...decision, at, by: caller.actor() })
      await touchRecheck(client, recheck.id)
      const { code, result, reason } = decision
      const act = { ...caller.actor(), kind: 'recheck.judge', reason } as const
      const after = { check: check.id, code, result }
      await recordAct(client, { ...act, subject: subjectOf(recheck.id), after }, at)
      return reread(client, recheck.id)
    })
  }

  /** By the owner, or an officer, of a change that the kit has not decided on. */
  withdraw(seen: Seen, caller: Caller): Promise<Recheck> {
    return this.locked(seen, caller, async ({ client, recheck, at }) => {
      if (!mayDeclare(caller, recheck)) throw new Problem('FORBIDDEN')
      if (recheck.scope !== 'probe') throw new Problem('CONFLICT', { detail: texts.notByProbe })
      const after = await moved(client, recheck, 'withdrawn', { at, by: caller.actor() })
      await tellOfRecheck(client, 'recheck.withdrawn', after)
      return after
    })
  }

  /**
   * Works on a recheck that is not at its end, in one transaction.
   * @throws Problem NOT_FOUND, CHANGED_MEANWHILE, CONFLICT
   */
  locked<Result>(
    { id, revision }: Seen,
    caller: Caller,
    work: (locked: LockedRecheck) => Promise<Result>,
  ): Promise<Result> {
    return this.#parts.database.transaction(async (client) => {
      const recheck = await findRecheck(client, id, true)
      if (!recheck || !sees(caller, recheck)) throw new Problem('NOT_FOUND')
      checkRevision(recheck.revision, revision)
      if (!isLive(recheck)) throw new Problem('CONFLICT', { detail: texts.over })
      return work({ client, recheck, at: this.now() })
    })
  }

  /**
   * Nobody is an officer in what concerns a member that they administer, or one that has merged into it.
   * @throws Problem FORBIDDEN
   */
  async checkOfficer({ client, recheck }: LockedRecheck, caller: Caller): Promise<void> {
    if (!caller.has('OPERATOR')) throw new Problem('FORBIDDEN')
    if (!this.#parts.separationOfDuties || caller.members.length === 0) return
    const owners = await withMerged(client, recheck.member)
    if (owners.some((each) => caller.members.includes(each))) throw new Problem('FORBIDDEN')
  }

  /** Who declared a change for its owner decides nothing on it. @throws Problem FORBIDDEN */
  checkNotDeclarer({ recheck }: LockedRecheck, caller: Caller): void {
    if (!this.#parts.separationOfDuties || recheck.cause !== 'change') return
    if (recheck.openedBy.account !== caller.administratorId) return
    throw new Problem('FORBIDDEN', { detail: texts.declaredByYou })
  }

  async #ask({ client, recheck, at }: LockedRecheck, caller: Caller): Promise<void> {
    const { version } = await this.#parts.requirementSets.inForceAt(client, at)
    const { id, object, member, change, connectionCase } = recheck
    // Other changes may have been made since it was opened.
    const present = (await findConnected(client, object))?.application ?? recheck.application
    const application = { ...(change ? withChange(present, change) : present), member }
    const about = { id: newId(), caseId: connectionCase, recheck: id, application }
    const requested = { requestedAt: at, requestedBy: caller.actor() }
    await addCheck(client, { ...about, requirementSet: version, ...requested })
  }
}

/** The check that an opinion goes by. @throws Problem CONFLICT where there is none */
export async function lastCheck(client: AdminTransaction, recheck: string): Promise<CaseCheck> {
  const check = (await checksOfRecheck(client, recheck)).at(-1)
  if (!check) throw new Problem('CONFLICT', { detail: notCheckedYet })
  return check
}

function checkLine(check: CaseCheck, code: string): void {
  const protocol = judgedProtocol(check)
  if (!protocol) throw new Problem('CONFLICT', { detail: notCheckedYet })
  if (check.decisions.length >= decisionsPerCheckMax) {
    throw new Problem('CONFLICT', { detail: tooManyDecisions })
  }
  if (protocol.lines.some((line) => line.code === code)) return
  const detail = { az: 'protokolda belə sətir yoxdur', en: 'is no line of the protocol' }
  throw fieldProblem('/code', detail)
}

function dayOf(until: Date | undefined, now: Date): Date {
  if (until === undefined) return new Date(now.getTime() + recheckDays * dayMs)
  const aheadMs = until.getTime() - now.getTime()
  if (aheadMs <= 0 || aheadMs > recheckDaysMax * dayMs) throw fieldProblem('/until', texts.badDay)
  return until
}

/** Its owner, or the operator on the owner's behalf, who is told of it: a provider may have to move at night. */
function mayDeclare(caller: Caller, { member }: Pick<Recheck, 'member'>): boolean {
  return caller.has('OPERATOR') || caller.members.includes(member)
}

function alreadyOpen(): never {
  throw new Problem('CONFLICT', { detail: texts.already })
}
