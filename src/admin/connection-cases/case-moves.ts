import { recordActs } from '../../audit-log/audit-log.store.js'
import type { Act } from '../../audit-log/act.js'
import type { JsonValue } from '../../canonical-json.js'
import { caseCommands, stateAfter, type CaseCommand } from '../../connection/case-command.js'
import { CaseError } from '../../connection/case-error.js'
import { caseTable, type CaseActor } from '../../connection/case-state.js'
import { withMerged } from '../../connection/case-succession.store.js'
import { addStep, findCase, stepsOf } from '../../connection/case.store.js'
import type { CaseDocument, CaseStep, ConnectionCase } from '../../connection/connection-case.js'
import type { DomainProfile } from '../../connection/domain-profile.js'
import { profileOf } from '../../connection/domain-profile.store.js'
import { DocumentError } from '../../document/document-error.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { NewNotice } from '../../notice/notice.store.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'
import { actsAs, sees } from './case-access.js'
import type { DeskParts } from './desk-parts.js'
import { putAway } from './texts.js'
import { admissionAsked, tellOfStep } from './tell.js'

/** A case as its caller saw it. */
export interface Seen {
  readonly id: string
  readonly revision: number
}

/** A case that nobody else moves until the transaction ends, and what is known of it. */
export interface LockedCase {
  readonly client: AdminTransaction
  readonly connectionCase: ConnectionCase
  readonly steps: readonly CaseStep[]
  readonly profile: DomainProfile
  /** Whose the case is, and all that have merged into that. */
  readonly owners: readonly MemberId[]
  readonly caller: Caller
  readonly at: Date
}

/** What a step leaves behind beside the new state. */
export interface StepOutcome {
  readonly note?: string | undefined
  readonly documents?: readonly CaseDocument[]
  /** Beside that of the step. */
  readonly acts?: readonly Act[]
  /** Beside those to applicant and operator. */
  readonly notices?: readonly NewNotice[]
}

/** The one way in which a case moves, whoever moves it and wherever to. */
export class CaseMoves {
  readonly #parts: DeskParts

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /**
   * Moves a case by a command: by whom the table of states names, to where it allows, with what `work` makes.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT with what may be next, and what `work` throws
   */
  move(
    seen: Seen,
    command: CaseCommand,
    caller: Caller,
    work: (locked: LockedCase) => Promise<StepOutcome>,
  ): Promise<ConnectionCase> {
    return this.locked(seen, caller, async (locked) => {
      const { connectionCase } = locked
      this.checkActor(locked, command)
      checkRevision(connectionCase.revision, seen.revision)
      // Looked at before anything is made, and once more where the step is written.
      stateAfter(connectionCase.state, command)
      return this.step(locked, command, await work(locked))
    })
  }

  /**
   * Works on a case that is locked, in one transaction.
   * @throws Problem NOT_FOUND, also for whom it does not concern, CONFLICT where it was put away, and what `work` throws
   */
  async locked<Result>(
    { id }: Pick<Seen, 'id'>,
    caller: Caller,
    work: (locked: LockedCase) => Promise<Result>,
  ): Promise<Result> {
    const { database, now } = this.#parts
    try {
      return await database.transaction(async (client) => {
        const connectionCase = await findCase(client, id, true)
        if (!connectionCase || !sees(caller, connectionCase)) throw new Problem('NOT_FOUND')
        if (connectionCase.archived) throw new CaseError(putAway)
        const steps = await stepsOf(client, id)
        const profile = await profileOf(client, connectionCase.domain)
        const owners = await withMerged(client, connectionCase.member)
        return work({ client, connectionCase, steps, profile, owners, caller, at: now() })
      })
    } catch (error) {
      if (error instanceof CaseError) throw new Problem('CONFLICT', { detail: error.text })
      if (!(error instanceof DocumentError)) throw error
      throw new Problem('UNPROCESSABLE', { detail: error.message })
    }
  }

  /** @throws Problem FORBIDDEN for who is not whom the table names */
  checkActor(locked: LockedCase, command: CaseCommand): void {
    this.checkActsAs(locked, caseTable[caseCommands[command]].actor)
  }

  checkActsAs({ connectionCase, caller, profile, owners }: LockedCase, actor: CaseActor): void {
    const { separationOfDuties } = this.#parts
    if (!actsAs(actor, connectionCase, caller, { profile, separationOfDuties, owners })) {
      throw new Problem('FORBIDDEN')
    }
  }

  /**
   * Writes a step, its acts and its notices.
   * @param by - the caller, where nobody else is said
   * @throws CaseError where the table has no such step
   */
  async step(
    { client, connectionCase: before, caller, at, profile }: LockedCase,
    command: CaseCommand,
    { note, documents = [], acts = [], notices = [] }: StepOutcome,
    by = caller.actor(),
  ): Promise<ConnectionCase> {
    const { id } = before
    const state = stateAfter(before.state, command)
    await addStep(client, id, { state, at, by, note, documents })
    const after = await reread(client, id)
    const moved = {
      ...{ ...by, kind: 'connection-case.move' as const, subject: subjectOf(id) },
      ...{ before: { state: before.state }, after: stepJson(after, documents) },
    }
    await recordActs(client, [moved, ...acts], at)
    await tellOfStep(client, after, documents, [...notices, ...admissionAsked(after, profile)])
    return after
  }
}

/** How acts name a case. */
export function subjectOf(caseId: string): string {
  return `connection case ${caseId}`
}

export async function reread(client: AdminTransaction, id: string): Promise<ConnectionCase> {
  const found = await findCase(client, id)
  if (!found) throw new Error('a case is never removed')
  return found
}

function stepJson(
  { state, objectId }: ConnectionCase,
  documents: readonly CaseDocument[],
): JsonValue {
  return {
    state,
    objectId,
    documents: documents.map(({ number, digest }) => ({ number, digest })),
  }
}
