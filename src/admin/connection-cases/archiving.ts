import { recordAct } from '../../audit-log/audit-log.store.js'
import { archiveCase, hasObjectEnded, isForsaken } from '../../connection/case-archive.store.js'
import { CaseError } from '../../connection/case-error.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { checkRevision } from '../tagged.js'
import { reread, subjectOf, type CaseMoves, type Seen } from './case-moves.js'
import type { DeskParts } from './desk-parts.js'
import { tellBothSides } from './tell.js'
import { goesOnYet, objectInUse } from './texts.js'

/** Puts cases away: a mark beside the state, since the statute's table knows no such state. */
export class Archiving {
  readonly #parts: DeskParts
  readonly #moves: CaseMoves

  constructor(parts: DeskParts, moves: CaseMoves) {
    this.#parts = parts
    this.#moves = moves
  }

  /**
   * What has ended, what will never come to its end, and what nobody can go on with. The annex of what was not connected ends with its
   * case, and the object may be applied for anew.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT for a case that goes on
   */
  archive(seen: Seen, reason: string, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      const { client, connectionCase, at } = locked
      const { id, state, objectId } = connectionCase
      this.#moves.checkActsAs(locked, 'operator')
      checkRevision(connectionCase.revision, seen.revision)
      await checkMayEnd(client, connectionCase)
      await this.#parts.effects.archived(client, connectionCase)
      await archiveCase(client, id, { at, by: caller.actor(), reason })
      const act = { ...caller.actor(), kind: 'connection-case.archive', reason } as const
      await recordAct(client, { ...act, subject: subjectOf(id), after: { state, objectId } }, at)
      await tellBothSides(client, connectionCase, 'connection-case.archived', { reason })
      return reread(client, id)
    })
  }
}

/** @throws CaseError for a case that the steps of the table lead on from */
async function checkMayEnd(
  client: AdminTransaction,
  connectionCase: ConnectionCase,
): Promise<void> {
  switch (connectionCase.state) {
    case 'REFUSED':
    case 'WITHDRAWN':
    // From here the table leads to the connected object alone, which may never come about.
    case 'OPINION_POSITIVE':
    case 'CONTRACTED':
    case 'REGISTERED':
      return
    case 'CONNECTED':
      if (await hasObjectEnded(client, connectionCase)) return
      throw new CaseError(objectInUse)
    case 'DRAFT':
    case 'SUBMITTED':
    case 'RETURNED_INCOMPLETE':
    case 'CHECKING':
    case 'CHANGES_REQUIRED':
    case 'IMPROVING':
      if (await isForsaken(client, connectionCase)) return
      throw new CaseError(goesOnYet)
  }
}
