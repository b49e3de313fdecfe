import { checksOf } from '../../connection/case-check.store.js'
import type { CaseCheck } from '../../connection/case-check.js'
import { isOfMembers } from '../../connection/case-succession.store.js'
import { notesOf } from '../../connection/case-note.store.js'
import { findCase, listCases, stepsOf, type CasesWanted } from '../../connection/case.store.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import { profileOf } from '../../connection/domain-profile.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { Admitting } from './admitting.js'
import { Applying } from './applying.js'
import { Archiving } from './archiving.js'
import { casesSeenBy, sees } from './case-access.js'
import type { CaseParts } from './case-json.js'
import { CaseMoves } from './case-moves.js'
import { Checking } from './checking.js'
import { Correcting } from './correcting.js'
import type { DeskParts } from './desk-parts.js'
import { Opining } from './opining.js'

/** The connection desk: cases, and what everybody does in them. */
export class ConnectionDesk {
  readonly applying: Applying
  readonly checking: Checking
  readonly opining: Opining
  readonly admitting: Admitting
  readonly archiving: Archiving
  readonly correcting: Correcting
  readonly #parts: DeskParts

  constructor(parts: DeskParts) {
    const moves = new CaseMoves(parts)
    this.#parts = parts
    this.applying = new Applying(parts, moves)
    this.checking = new Checking(parts, moves)
    this.opining = new Opining(parts, moves)
    this.admitting = new Admitting(parts, moves)
    this.archiving = new Archiving(parts, moves)
    this.correcting = new Correcting(parts, moves)
  }

  /** In the order of opening, those that concern the caller. */
  list(wanted: Omit<CasesWanted, 'of'>, caller: Caller): Promise<ConnectionCase[]> {
    return listCases(this.#parts.database.pool, { ...wanted, of: casesSeenBy(caller) })
  }

  /** @throws Problem NOT_FOUND, also for whom the case does not concern */
  async read(id: string, caller: Caller): Promise<ConnectionCase> {
    const found = await findCase(this.#parts.database.pool, id)
    if (!found) throw new Problem('NOT_FOUND')
    // What was of a member that has merged into another is read there.
    const isRead =
      sees(caller, found) || (await isOfMembers(this.#parts.database.pool, id, caller.members))
    if (!isRead) throw new Problem('NOT_FOUND')
    return found
  }

  /** What is shown with a case. */
  async partsOf({ id, domain }: ConnectionCase): Promise<CaseParts> {
    const { pool } = this.#parts.database
    return {
      steps: await stepsOf(pool, id),
      notes: await notesOf(pool, id),
      profile: await profileOf(pool, domain),
      now: this.#parts.now(),
    }
  }

  /** Oldest first; each is kept beside the others. @throws Problem NOT_FOUND */
  async checks(id: string, caller: Caller): Promise<CaseCheck[]> {
    await this.read(id, caller)
    return checksOf(this.#parts.database.pool, id)
  }
}
