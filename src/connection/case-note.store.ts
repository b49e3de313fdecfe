import type { Actor } from '../audit-log/act.js'
import type { MemberId } from '../exchange/identifier.js'
import type { CaseReader, CaseTransaction } from './case.store.js'
import type { CaseDocument } from './connection-case.js'

/** A file that shows something, by its digest; the bus does not keep it. */
export interface EvidenceFile {
  readonly name: string
  /** Lower-case hexadecimal. */
  readonly sha256: string
}

/** What was improved, and by whom. */
export interface Improvement {
  readonly kind: 'improvement'
  readonly doneBy: 'owner' | 'agency'
  readonly text: string
  readonly evidence: readonly EvidenceFile[]
}

/** What the security body says, where the domain asks for it. */
export interface SecurityOpinion {
  readonly kind: 'security-opinion'
  readonly isPositive: boolean
  readonly text: string
}

/** What the participant put right after the opinion, which does not rest on it. */
export interface Correction {
  readonly kind: 'correction'
  /** Pointers into the application. */
  readonly fields: readonly string[]
  readonly text: string
}

/** That the participant has merged into another, whose case it is since. */
export interface Succession {
  readonly kind: 'succession'
  readonly from: MemberId
  readonly into: MemberId
}

/** What is written of a case beside its steps, and never changed. */
export interface CaseNote {
  readonly id: string
  readonly at: Date
  readonly by: Actor
  readonly content: Improvement | SecurityOpinion | Correction | Succession
  /** Of a merger the registry has the papers. */
  readonly document: CaseDocument | undefined
}

export async function addNote(
  client: CaseTransaction,
  caseId: string,
  { id, at, by, content, document }: CaseNote,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.connection_case_note (id, case_id, kind, at, by, content, document)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      ...[id, caseId, content.kind, at, JSON.stringify(by), JSON.stringify(content)],
      document ? JSON.stringify(document) : null,
    ],
  )
}

/** Oldest first. */
export async function notesOf(client: CaseReader, caseId: string): Promise<CaseNote[]> {
  const { rows } = await client.query<CaseNote>(
    `SELECT id, at, by, content, document FROM sluice.connection_case_note
      WHERE case_id = $1 ORDER BY id`,
    [caseId],
  )
  return rows.map((note) => ({ ...note, document: note.document ?? undefined }))
}
