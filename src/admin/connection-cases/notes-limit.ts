import { CaseError } from '../../connection/case-error.js'
import { notesOf } from '../../connection/case-note.store.js'
import { notesPerCaseMax } from '../../connection/limits.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { tooManyNotes } from './texts.js'

/** @throws CaseError where no more is written of a case */
export async function checkNotes(client: AdminTransaction, caseId: string): Promise<void> {
  const notes = await notesOf(client, caseId)
  if (notes.length >= notesPerCaseMax) throw new CaseError(tooManyNotes)
}
