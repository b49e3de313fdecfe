import { CaseError } from '../../connection/case-error.js'
import { notesOf, type CaseNote } from '../../connection/case-note.store.js'
import { notesPerCaseMax } from '../../connection/limits.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { tooManyNotes } from './texts.js'

/**
 * Of each kind by itself: what a participant writes leaves room for what others have to say.
 * @throws CaseError where no more of this kind is written of a case
 */
export async function checkNotes(
  client: AdminTransaction,
  caseId: string,
  kind: CaseNote['content']['kind'],
): Promise<void> {
  const notes = (await notesOf(client, caseId)).filter(({ content }) => content.kind === kind)
  if (notes.length >= notesPerCaseMax) throw new CaseError(tooManyNotes)
}
