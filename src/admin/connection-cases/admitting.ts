import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { CaseError } from '../../connection/case-error.js'
import { addNote, notesOf } from '../../connection/case-note.store.js'
import { isConnected } from '../../connection/case-parties.store.js'
import { touchCase } from '../../connection/case.store.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import { parseServiceId, providerOf } from '../../exchange/identifier.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'
import { contentOf, put, referenceTo, signatory } from './case-contents.js'
import { reread, subjectOf, type CaseMoves, type LockedCase, type Seen } from './case-moves.js'
import type { DeskParts } from './desk-parts.js'
import { checkNotes } from './notes-limit.js'
import { checkPlace } from './system-place.js'
import { notAskedFor, securityMissing, systemFirst, whenPositive } from './texts.js'

/** What the security body says of a case. */
export interface GivenOpinion {
  readonly isPositive: boolean
  readonly text: string
}

/** From a positive opinion to the connected object. */
export class Admitting {
  readonly #parts: DeskParts
  readonly #moves: CaseMoves

  constructor(parts: DeskParts, moves: CaseMoves) {
    this.#parts = parts
    this.#moves = moves
  }

  /** The security body's own opinion, where the domain asks for it; the last one counts. */
  giveSecurityOpinion(seen: Seen, given: GivenOpinion, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      const { client, connectionCase, profile, at } = locked
      const { id } = connectionCase
      if (!caller.has('SECURITY')) throw new Problem('FORBIDDEN')
      checkRevision(connectionCase.revision, seen.revision)
      if (!profile.securityOpinion) throw new CaseError(notAskedFor)
      if (connectionCase.state !== 'OPINION_POSITIVE') throw new CaseError(whenPositive)
      await this.#putSecurityOpinion(locked, given)
      await touchCase(client, id)
      const act = { ...caller.actor(), kind: 'connection-case.security-opinion' } as const
      const after = { isPositive: given.isPositive }
      await recordAct(client, { ...act, subject: subjectOf(id), after }, at)
      return reread(client, id)
    })
  }

  /** By who admits in the domain: the object becomes a part of the participant's agreement. */
  conclude(seen: Seen, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'agreement', caller, async (locked) => {
      const { client, connectionCase, profile } = locked
      await checkPlace(client, connectionCase)
      if (profile.securityOpinion) await checkSecurity(client, connectionCase.id)
      return { documents: await this.#parts.effects.concluded(client, connectionCase, caller) }
    })
  }

  /** The object gets into the registry, a system with its certificate. */
  register(seen: Seen, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'registration', caller, async ({ client, connectionCase }) => {
      await checkPlace(client, connectionCase)
      return { documents: await this.#parts.effects.registered(client, connectionCase, caller) }
    })
  }

  /** The object is connected; a service only after its system. */
  connect(seen: Seen, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'connection', caller, async ({ client, connectionCase }) => {
      const { kind, objectId } = connectionCase
      const system = kind === 'service' ? providerOf(parseServiceId(objectId)) : undefined
      if (system !== undefined && !(await isConnected(client, system))) {
        throw new CaseError(systemFirst)
      }
      return { documents: await this.#parts.effects.connected(client, connectionCase, caller) }
    })
  }

  async #putSecurityOpinion(locked: LockedCase, given: GivenOpinion): Promise<void> {
    const { client, connectionCase, caller, steps, at } = locked
    const { id, member, objectId } = connectionCase
    const kind = 'security-opinion'
    await checkNotes(client, id, kind)
    const check = referenceTo(steps, 'check-protocol')
    const content = { ...(await contentOf(locked)), kind, check, ...given } as const
    const signedBy = [signatory(caller.name, 'security')]
    const document = await put(this.#parts.documents, locked, content, signedBy)
    const note = { id: newId(), at, by: caller.actor(), document }
    await addNote(client, id, { ...note, content: { kind, ...given } })
    const { number } = document
    const told = { kind: 'connection-case.security-opinion' as const, subject: id }
    const data = { object: objectId, number, isPositive: given.isPositive }
    await writeNotices(client, [
      { member, ...told, data },
      { role: 'OPERATOR', ...told, data },
    ])
  }
}

async function checkSecurity(client: AdminTransaction, caseId: string): Promise<void> {
  const opinions = (await notesOf(client, caseId)).flatMap(({ content }) =>
    content.kind === 'security-opinion' ? [content] : [],
  )
  if (opinions.at(-1)?.isPositive !== true) throw new CaseError(securityMissing)
}
