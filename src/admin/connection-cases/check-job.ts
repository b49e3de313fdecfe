import { recordAct } from '../../audit-log/audit-log.store.js'
import {
  endCheck,
  giveCheckBack,
  leaseChecks,
  type LeasedCheck,
} from '../../connection/case-check.store.js'
import {
  checkAttemptsMax,
  checkLeaseMs,
  checkMsMax,
  checkRetryMs,
  checksPerTurn,
  checkTroubleCharsMax,
} from '../../connection/limits.js'
import { findCase } from '../../connection/case.store.js'
import type { RequirementSets } from '../../connection/requirement-sets.js'
import { uncheckedProtocol } from '../../connection/unchecked-protocol.js'
import type { ConnectionApplication } from '../../conformity/application.js'
import type { CheckProtocol, RequirementSet } from '../../conformity/requirement.js'
import { writeNotices } from '../../notice/notice.store.js'
import { findRecheck } from '../../recheck/recheck.store.js'
import type { AdminDatabase } from '../admin-database.store.js'
import { subjectOf } from './case-moves.js'

/** Checks an application; throws only for what is not the applicant's fault. */
export type RunCheck = (
  application: ConnectionApplication,
  set: RequirementSet,
  signal: AbortSignal,
) => Promise<CheckProtocol>

export interface CheckJobParts {
  readonly database: AdminDatabase
  readonly requirementSets: RequirementSets
  readonly run: RunCheck
  /** Of this node, by which it is seen who has a check. */
  readonly node: string
  readonly now: () => Date
}

/** Who acts when a check has ended. */
const bus = { actor: 'sluice', role: 'bus' }

/**
 * Runs the checks that officers ask for. Several nodes may run it: a check is leased to one, and is taken up again where
 * that one is not heard of.
 */
export class CheckJob {
  readonly #parts: CheckJobParts

  constructor(parts: CheckJobParts) {
    this.#parts = parts
  }

  /**
   * One turn.
   * @param stopping - gives up what is under way; another turn, anywhere, begins it again
   * @returns how many checks ended
   * @throws Error of the database
   */
  async turn(stopping: AbortSignal): Promise<number> {
    const { database, node, now } = this.#parts
    const at = now()
    const until = new Date(at.getTime() + checkLeaseMs)
    const lease = { by: node, now: at, until, limit: checksPerTurn }
    const leased = await leaseChecks(database.pool, lease)
    const ended = await Promise.all(leased.map((check) => this.#check(check, stopping)))
    return ended.filter(Boolean).length
  }

  async #check(check: LeasedCheck, stopping: AbortSignal): Promise<boolean> {
    const { database, requirementSets, run, now } = this.#parts
    const set = await requirementSets.ofVersion(database.pool, check.requirementSet)
    const startedAt = now()
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(checkMsMax)])
    try {
      return await this.#end(check, await run(check.application, set, signal))
    } catch (error) {
      const trouble = String(error instanceof Error ? error.message : error)
      const waitMs = stopping.aborted ? 0 : check.attempt * checkRetryMs
      const next = new Date(now().getTime() + waitMs)
      await giveCheckBack(database.pool, check, trouble.slice(0, checkTroubleCharsMax), next)
      if (check.attempt < checkAttemptsMax || stopping.aborted) return false
      return this.#end(check, uncheckedProtocol(check.application, set, startedAt, now()))
    }
  }

  #end(check: LeasedCheck, protocol: CheckProtocol): Promise<boolean> {
    const { database, now } = this.#parts
    const { id, caseId, recheck, application } = check
    return database.transaction(async (client) => {
      if (!(await endCheck(client, check, protocol))) return false
      const { requirementSet, lines } = protocol
      const results = lines.map(({ code, result }) => ({ code, result }))
      const act =
        recheck === undefined
          ? ({ kind: 'connection-case.check', subject: subjectOf(caseId) } as const)
          : ({ kind: 'recheck.check', subject: `recheck ${recheck}` } as const)
      const after = { check: id, requirementSet, results }
      await recordAct(client, { ...bus, ...act, after }, now())
      const kind = recheck === undefined ? 'connection-case.checked' : 'recheck.checked'
      const subject = recheck ?? caseId
      // Whose it is by now: it may have passed to another since it was asked for.
      const about = await (recheck === undefined
        ? findCase(client, caseId)
        : findRecheck(client, recheck))
      const member = about?.member ?? application.member
      const told = { kind, subject, data: { object: application.objectId } } as const
      await writeNotices(client, [
        { member, ...told },
        { role: 'OPERATOR', ...told },
      ])
      return true
    })
  }
}
