import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { CaseCheck, LineDecision } from '../../connection/case-check.js'
import { addCheck, addDecision, checksOf } from '../../connection/case-check.store.js'
import { CaseError } from '../../connection/case-error.js'
import { touchCase } from '../../connection/case.store.js'
import type { CaseDocument, ConnectionCase } from '../../connection/connection-case.js'
import { decisionsPerCheckMax } from '../../connection/limits.js'
import type { BilingualText } from '../../exchange/fault.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'
import { contentOf, put, referenceTo, signatory } from './case-contents.js'
import { reread, subjectOf, type CaseMoves, type LockedCase, type Seen } from './case-moves.js'
import type { DeskParts } from './desk-parts.js'
import { notCheckedYet, onlyWhileChecking, tooManyDecisions } from './texts.js'

/** What an officer finds missing in an application. */
export interface MissingNamed {
  readonly missing: readonly { readonly pointer: string; readonly text: BilingualText }[]
  readonly remark: string | undefined
}

/** What the operator's officers do before there is an opinion. */
export class Checking {
  readonly #parts: DeskParts
  readonly #moves: CaseMoves

  constructor(parts: DeskParts, moves: CaseMoves) {
    this.#parts = parts
    this.#moves = moves
  }

  /** Gives an application back with the list of what it lacks. */
  giveBack(seen: Seen, { missing, remark }: MissingNamed, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'return', caller, async (locked) => {
      const content = {
        ...(await contentOf(locked)),
        ...{ kind: 'missing-data' as const, missing, remark },
        application: referenceTo(locked.steps, 'application'),
      }
      const signedBy = [signatory(caller.name, 'operator')]
      const list = await put(this.#parts.documents, locked, content, signedBy)
      return { note: remark, documents: [list] }
    })
  }

  /** Asks for a check by the requirements in force; a node runs it, whichever is first. */
  start(seen: Seen, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'check', caller, async (locked) => {
      const { client, connectionCase, at } = locked
      const { id: caseId, application } = connectionCase
      const { version } = await this.#parts.requirementSets.inForceAt(client, at)
      const requested = { requestedAt: at, requestedBy: caller.actor() }
      const check = { id: newId(), caseId, application, requirementSet: version, ...requested }
      const documents = await this.#improved(locked)
      await addCheck(client, check)
      return { documents }
    })
  }

  /** What is checked again may be another application than was handed in: protocol and opinion refer to what was checked. */
  async #improved(locked: LockedCase): Promise<CaseDocument[]> {
    const { client, connectionCase, caller } = locked
    const { id, application } = connectionCase
    const before = (await checksOf(client, id)).at(-1)
    if (!before || isDeepStrictEqual(before.application, application)) return []
    const content = { ...(await contentOf(locked)), kind: 'application', application } as const
    // Put into writing by who has it checked; who changed it, the acts say.
    return [await put(this.#parts.documents, locked, content, [signatory(caller.name, 'operator')])]
  }

  /**
   * An officer decides on a line that a node leaves open, or against what it found; both with the reason.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT, UNPROCESSABLE for a line that is not there
   */
  judge(
    seen: Seen,
    decision: Pick<LineDecision, 'code' | 'result' | 'reason'>,
    caller: Caller,
  ): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      const { client, connectionCase, at } = locked
      const { id, state } = connectionCase
      this.#moves.checkActsAs(locked, 'operator')
      checkRevision(connectionCase.revision, seen.revision)
      if (state !== 'CHECKING') throw new CaseError(onlyWhileChecking)
      const check = await lastCheck(client, id)
      checkLine(check, decision.code)
      await addDecision(client, check.id, { ...decision, at, by: caller.actor() })
      await touchCase(client, id)
      const { code, result, reason } = decision
      const act = { ...caller.actor(), kind: 'connection-case.judge', reason } as const
      const after = { check: check.id, code, result }
      await recordAct(client, { ...act, subject: subjectOf(id), after }, at)
      return reread(client, id)
    })
  }
}

/** The check that an opinion goes by. @throws CaseError where there is none */
export async function lastCheck(client: AdminTransaction, caseId: string): Promise<CaseCheck> {
  const check = (await checksOf(client, caseId)).at(-1)
  if (!check) throw new CaseError(notCheckedYet)
  return check
}

function checkLine({ protocol, decisions }: CaseCheck, code: string): void {
  if (!protocol) throw new CaseError(notCheckedYet)
  // A line that nobody has decided on can always be: as long as one is open, no opinion leads on.
  const isAgain = decisions.some((each) => each.code === code)
  if (isAgain && decisions.length >= decisionsPerCheckMax) throw new CaseError(tooManyDecisions)
  if (protocol.lines.some((line) => line.code === code)) return
  const detail = { az: 'protokolda belə sətir yoxdur', en: 'is no line of the protocol' }
  throw new Problem('UNPROCESSABLE', { errors: [{ pointer: '/code', detail }] })
}
