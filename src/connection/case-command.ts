import { CaseError } from './case-error.js'
import { caseTable, type CaseState } from './case-state.js'

/** What moves a case, and where to. Whether it may go there from where it is, the table of states says. */
export const caseCommands = {
  submission: 'SUBMITTED',
  return: 'RETURNED_INCOMPLETE',
  check: 'CHECKING',
  opinion: 'OPINION_POSITIVE',
  demand: 'CHANGES_REQUIRED',
  improvement: 'IMPROVING',
  refusal: 'REFUSED',
  agreement: 'CONTRACTED',
  registration: 'REGISTERED',
  connection: 'CONNECTED',
  withdrawal: 'WITHDRAWN',
} as const satisfies Record<string, CaseState>
export type CaseCommand = keyof typeof caseCommands

/**
 * The state that a command brings a case into.
 * @throws CaseError, which says what may follow, where that state does not
 */
export function stateAfter(state: CaseState, command: CaseCommand): CaseState {
  const wanted = caseCommands[command]
  if (caseTable[state].next.includes(wanted)) return wanted
  throw new CaseError(notNext(state, wanted))
}

/** States in which the application may still be changed: nobody is deciding on it. */
export const changeableStates: readonly CaseState[] = [
  'DRAFT',
  'RETURNED_INCOMPLETE',
  'CHANGES_REQUIRED',
  'IMPROVING',
]

function notNext(state: CaseState, wanted: CaseState): { az: string; en: string } {
  const { label, next } = caseTable[state]
  const labels = next.map((each) => caseTable[each].label)
  const from = `«${label.az}»`
  const to = `«${caseTable[wanted].label.az}»`
  return {
    az:
      next.length === 0
        ? `İş ${from} vəziyyətində bağlanıb`
        : `İş ${from} vəziyyətindən ${to} vəziyyətinə keçə bilməz. Növbəti mümkün vəziyyətlər: ${labels.map(({ az }) => az).join(', ')}`,
    en:
      next.length === 0
        ? `The case has ended in the state “${label.en}”`
        : `No case goes from “${label.en}” to “${caseTable[wanted].label.en}”. What may be next: ${labels.map(({ en }) => en).join(', ')}`,
  }
}
