import { v7 as newId } from 'uuid'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { CaseError } from '../../connection/case-error.js'
import { addNote, type Correction } from '../../connection/case-note.store.js'
import { changeApplication } from '../../connection/case.store.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import type { ConnectionApplication } from '../../conformity/application.js'
import { judgeKey } from '../../conformity/checks/certificate-request.js'
import type { BilingualText } from '../../exchange/fault.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'
import { readWhole } from './application-change.js'
import { contentOf, put, signatory } from './case-contents.js'
import { reread, subjectOf, type CaseMoves, type LockedCase, type Seen } from './case-moves.js'
import type { DeskParts } from './desk-parts.js'
import { checkNotes } from './notes-limit.js'
import { tellBothSides } from './tell.js'
import { correctedLater, notOfSuch, unknownObject } from './texts.js'

/** What a participant puts right after the opinion. */
export interface WantedCorrection {
  readonly certificateRequest?: string | undefined
  readonly duplicateReasons?:
    readonly { readonly code: string; readonly reason: string }[] | undefined
  readonly text: string
}

interface Corrected {
  readonly application: ConnectionApplication
  readonly fields: readonly string[]
}

/**
 * Puts right, once there is an agreement, what the opinion does not rest on and the registration may fail of: whose the key is, and who else
 * holds a data object by now. Neither the state nor anybody's duty changes.
 */
export class Correcting {
  readonly #parts: DeskParts
  readonly #moves: CaseMoves

  constructor(parts: DeskParts, moves: CaseMoves) {
    this.#parts = parts
    this.#moves = moves
  }

  /** @throws Problem NOT_FOUND, FORBIDDEN, CHANGED_MEANWHILE, CONFLICT, UNPROCESSABLE with the places */
  correct(seen: Seen, wanted: WantedCorrection, caller: Caller): Promise<ConnectionCase> {
    return this.#moves.locked(seen, caller, async (locked) => {
      const { client, connectionCase, at } = locked
      const { id, state } = connectionCase
      this.#moves.checkActsAs(locked, 'participant')
      checkRevision(connectionCase.revision, seen.revision)
      if (state !== 'CONTRACTED') throw new CaseError(correctedLater)
      await checkNotes(client, id, 'correction')
      const { application, fields } = correctedBy(connectionCase.application, wanted)
      if (wanted.certificateRequest !== undefined) {
        await this.#checkKey({ ...locked, connectionCase: { ...connectionCase, application } })
      }
      await changeApplication(client, id, application)
      const content = { kind: 'correction', fields, text: wanted.text } as const
      await this.#note({ ...locked, connectionCase: await reread(client, id) }, content)
      const act = { ...caller.actor(), kind: 'connection-case.correct' } as const
      await recordAct(client, { ...act, subject: subjectOf(id), after: { fields } }, at)
      return reread(client, id)
    })
  }

  /** The new key is held to what the check holds one to (TT-03), and is nobody else's. */
  async #checkKey({ client, connectionCase, at }: LockedCase): Promise<void> {
    const { result, finding } = judgeKey(connectionCase, at)
    if (result === 'fail') throw wrong('/certificateRequest', finding)
    await this.#parts.effects.keyLooked(client, connectionCase)
  }

  /** What is registered is in writing, as it is by now. */
  async #note(locked: LockedCase, content: Correction): Promise<void> {
    const { client, connectionCase, caller, at } = locked
    const { id, application } = connectionCase
    const written = { ...(await contentOf(locked)), kind: 'application', application } as const
    const signedBy = [signatory(caller.name, 'participant')]
    const document = await put(this.#parts.documents, locked, written, signedBy)
    await addNote(client, id, { id: newId(), at, by: caller.actor(), content, document })
    const { number } = document
    await tellBothSides(client, connectionCase, 'connection-case.corrected', { number })
  }
}

function correctedBy(
  before: ConnectionApplication,
  { certificateRequest, duplicateReasons = [] }: WantedCorrection,
): Corrected {
  if (certificateRequest !== undefined && before.kind !== 'system') {
    throw wrong('/certificateRequest', notOfSuch)
  }
  const { declaration, fields } = withReasons(before, duplicateReasons)
  const request = certificateRequest !== undefined && { certificateRequest }
  const application = readWhole({ ...before, declaration, ...request })
  return { application, fields: [...(request ? ['/certificateRequest'] : []), ...fields] }
}

function withReasons(
  { declaration }: ConnectionApplication,
  reasons: readonly { readonly code: string; readonly reason: string }[],
): { readonly declaration: ConnectionApplication['declaration']; readonly fields: string[] } {
  if (reasons.length === 0) return { declaration, fields: [] }
  const objects = [...objectsOf(declaration)]
  const fields = reasons.map(({ code, reason }, index) => {
    const place = objects.findIndex((each) => each['code'] === code)
    const object = objects[place]
    if (!object) throw wrong(`/duplicateReasons/${index}/code`, unknownObject)
    objects[place] = { ...object, duplicateReason: reason }
    return `/declaration/dataObjects/${place}/duplicateReason`
  })
  return { declaration: { ...declaration, dataObjects: objects }, fields }
}

function objectsOf({
  dataObjects,
}: ConnectionApplication['declaration']): Readonly<Record<string, unknown>>[] {
  return Array.isArray(dataObjects) ? (dataObjects as Readonly<Record<string, unknown>>[]) : []
}

function wrong(pointer: string, detail: BilingualText): Problem {
  return new Problem('UNPROCESSABLE', { errors: [{ pointer, detail }] })
}
