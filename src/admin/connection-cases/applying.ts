import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { changeableStates, stateAfter } from '../../connection/case-command.js'
import { CaseError } from '../../connection/case-error.js'
import { addNote, type EvidenceFile } from '../../connection/case-note.store.js'
import { areActive } from '../../connection/case-parties.store.js'
import {
  addCase,
  changeApplication,
  countCasesSince,
  countOpenCases,
  touchCase,
} from '../../connection/case.store.js'
import type { CaseDocument, ConnectionCase } from '../../connection/connection-case.js'
import {
  casesPerMemberDayMax,
  openCasesPerMemberMax,
  stepsBeforeSubmissionMax,
} from '../../connection/limits.js'
import type { ConnectionApplication } from '../../conformity/application.js'
import { missingData } from '../../conformity/missing-data.js'
import type { Actor } from '../../audit-log/act.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminTransaction } from '../admin-database.store.js'
import type { Caller } from '../caller.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { Problem } from '../problem.js'
import { scopeMemberOf } from '../scope-member.js'
import { checkRevision } from '../tagged.js'
import { readChange } from './application-change.js'
import { applicantOf, contentOf, isOwner, put, referenceTo, signatory } from './case-contents.js'
import { reread, subjectOf, type CaseMoves, type LockedCase, type Seen } from './case-moves.js'
import type { DeskParts } from './desk-parts.js'
import { checkNotes } from './notes-limit.js'
import { checkPlace } from './system-place.js'
import {
  anothers,
  openAlready,
  openedOften,
  standsNow,
  submittedOften,
  tooManyOpen,
} from './texts.js'

/** What an owner, or the State Agency, says was improved. */
export interface DoneImprovement {
  readonly text: string
  readonly evidence: readonly EvidenceFile[]
}

/** Who finds an application incomplete at once. */
const bus: Actor = { actor: 'sluice', role: 'bus' }

/** What the participant does in its case. */
export class Applying {
  readonly #parts: DeskParts
  readonly #moves: CaseMoves

  constructor(parts: DeskParts, moves: CaseMoves) {
    this.#parts = parts
    this.#moves = moves
  }

  /**
   * Opens a case with a draft, for an object of one's own only.
   * @throws Problem FORBIDDEN, CONFLICT, UNPROCESSABLE
   */
  async open(application: ConnectionApplication, caller: Caller): Promise<ConnectionCase> {
    const { database, now } = this.#parts
    const { member, domain, kind, objectId } = application
    const owner = await scopeMemberOf(objectId, new RegistryOwners(database.pool))
    if (!caller.members.includes(member)) throw new Problem('FORBIDDEN')
    if (owner !== member) {
      const errors = [{ pointer: '/objectId', detail: anothers(member) }]
      throw new Problem('UNPROCESSABLE', { errors })
    }
    return database.transaction(async (client) => {
      if (!(await areActive(client, member, domain))) {
        const detail = { az: 'belə aktiv domen yoxdur', en: 'is no domain that is active' }
        throw new Problem('UNPROCESSABLE', { errors: [{ pointer: '/domain', detail }] })
      }
      const openedAt = now()
      await checkNumber(client, member, openedAt)
      const wanted = { ...{ id: newId(), kind, member, domain, objectId }, application }
      await checkPlace(client, wanted).catch(asConflict)
      const isNew = await addCase(client, { ...wanted, openedAt }, caller.actor())
      if (!isNew) throw new Problem('CONFLICT', { detail: openAlready })
      const after = { kind, objectId, domain }
      const subject = subjectOf(wanted.id)
      const kindOfAct = 'connection-case.open'
      await recordAct(client, { ...caller.actor(), kind: kindOfAct, subject, after }, openedAt)
      return reread(client, wanted.id)
    })
  }

  /**
   * Changes the application: members that are there take the place of the former ones, `null` takes one away.
   * @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT while somebody decides on it, UNPROCESSABLE
   */
  change(seen: Seen, change: object, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      const { client, connectionCase, at } = locked
      this.#moves.checkActsAs(locked, 'participant')
      checkRevision(connectionCase.revision, seen.revision)
      if (!changeableStates.includes(connectionCase.state)) throw new CaseError(standsNow)
      const application = readChange(connectionCase.application, change)
      await changeApplication(client, connectionCase.id, application)
      await recordAct(
        client,
        {
          ...{ ...caller.actor(), kind: 'connection-case.change' as const },
          ...{ subject: subjectOf(connectionCase.id), after: { fields: Object.keys(change) } },
        },
        at,
      )
      return reread(client, connectionCase.id)
    })
  }

  /**
   * Hands the application in; one that lacks data comes back at once, with the list. What could not be registered is not taken.
   * @throws Problem UNPROCESSABLE with the places, beside those of every command
   */
  submit(seen: Seen, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      this.#moves.checkActor(locked, 'submission')
      const { connectionCase, client } = locked
      checkRevision(connectionCase.revision, seen.revision)
      stateAfter(connectionCase.state, 'submission')
      if (locked.steps.length >= stepsBeforeSubmissionMax) throw new CaseError(submittedOften)
      await this.#parts.effects.rehearsed(client, connectionCase, caller)
      const document = await this.#putApplication(locked)
      const submitted = await this.#moves.step(locked, 'submission', { documents: [document] })
      const missing = missingData(submitted.application)
      if (missing.length === 0) return submitted
      const list = await put(
        this.#parts.documents,
        locked,
        {
          ...(await contentOf(locked)),
          ...{ kind: 'missing-data', missing },
          application: { number: document.number, at: locked.at },
        },
        [signatory('Sluice', 'operator')],
      )
      const next = { ...locked, connectionCase: await reread(client, connectionCase.id) }
      return this.#moves.step(next, 'return', { documents: [list] }, bus)
    })
  }

  /** The participant does not want it any more; what it may be in by then, the table says. */
  withdraw(seen: Seen, note: string | undefined, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.move(seen, 'withdrawal', caller, () => Promise.resolve({ note }))
  }

  /**
   * The owner or the State Agency notes what was improved, with what shows it; as often as there is something to note
   * before the next check.
   */
  improve(seen: Seen, done: DoneImprovement, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      this.#moves.checkActor(locked, 'improvement')
      const { connectionCase, client } = locked
      const { id, state } = connectionCase
      checkRevision(connectionCase.revision, seen.revision)
      const isFurther = state === 'IMPROVING'
      if (!isFurther) stateAfter(state, 'improvement')
      const document = await this.#putImprovement(locked, done)
      if (!isFurther) return this.#moves.step(locked, 'improvement', { documents: [document] })
      await touchCase(client, id)
      const kind = 'connection-case.improve'
      const after = { number: document.number, digest: document.digest }
      const act = { ...caller.actor(), kind, subject: subjectOf(id), after } as const
      await recordAct(client, act, locked.at)
      return reread(client, id)
    })
  }

  async #putApplication(locked: LockedCase): Promise<CaseDocument> {
    const { connectionCase, caller } = locked
    const { application } = connectionCase
    const content = { ...(await contentOf(locked)), kind: 'application', application } as const
    const signedBy = [signatory(caller.name, 'participant')]
    return put(this.#parts.documents, locked, content, signedBy)
  }

  async #putImprovement(
    locked: LockedCase,
    { text, evidence }: DoneImprovement,
  ): Promise<CaseDocument> {
    const { client, connectionCase, caller, steps, at } = locked
    await checkNotes(client, connectionCase.id, 'improvement')
    const doneBy = isOwner(caller, connectionCase) ? 'owner' : 'agency'
    const content = {
      ...(await contentOf(locked)),
      ...{ kind: 'improvement' as const, demand: referenceTo(steps, 'justified-demand') },
      ...({ doneBy, done: text, evidence } as const),
    }
    const document = await put(this.#parts.documents, locked, content, [applicantOf(locked)])
    await addNote(client, connectionCase.id, {
      ...{ id: newId(), at, by: caller.actor(), document },
      content: { kind: 'improvement', doneBy, text, evidence },
    })
    return document
  }
}

const dayMs = 86_400_000

/** @throws Problem CONFLICT */
async function checkNumber(client: AdminTransaction, member: MemberId, now: Date): Promise<void> {
  if ((await countOpenCases(client, member)) >= openCasesPerMemberMax) {
    throw new Problem('CONFLICT', { detail: tooManyOpen })
  }
  const since = new Date(now.getTime() - dayMs)
  if ((await countCasesSince(client, member, since)) >= casesPerMemberDayMax) {
    throw new Problem('CONFLICT', { detail: openedOften })
  }
}

function asConflict(error: unknown): never {
  if (!(error instanceof CaseError)) throw error
  throw new Problem('CONFLICT', { detail: error.text })
}
