import type { ContractBook } from '../contract/contract-book.js'
import type { ControlTerms, OpensTerms, TellsTerms } from '../contract/control-terms.js'
import type { ValidatedRequest } from '../exchange/exchange.js'
import type { ExecutionWord, OpenedCase, ToldCase, ToldStep } from '../exchange/execution.js'
import { sourceOfRequest, type MessageSource } from '../subject/message-source.js'
import { FoundValues, SubjectError } from '../subject/found-values.js'
import { caseIdIn, deadlineIn } from './values.js'

const nothing: readonly ExecutionWord[] = []
const spacesAround = /^[ \t\r\n]+|[ \t\r\n]+$/g

/**
 * What a one-way message says of cases, as its contract declares where that stands. It never refuses one: what may stand
 * there is the contract's schema to say, and what cannot be read as an id or a day is not taken.
 */
export function createExecutionWords(
  contracts: Pick<ContractBook, 'get'>,
): (validated: ValidatedRequest) => readonly ExecutionWord[] {
  return (validated) => {
    const { contract } = validated.route
    const control = contract && contracts.get(contract.digest).control
    return control ? executionWords(validated, control) : nothing
  }
}

/** @param control - of the contract that the message was held to */
export function executionWords(
  validated: ValidatedRequest,
  { opens, tells }: ControlTerms,
): readonly ExecutionWord[] {
  const source = sourceOfRequest(validated, validated.derived)
  const words: ExecutionWord[] = []
  // A message that answers a case is told of before the case that it opens.
  const told = tells && toldCase(source, tells)
  if (told) words.push(told)
  const opened = opens && openedCase(source, opens)
  if (opened) words.push(opened)
  return words
}

function openedCase(source: MessageSource, terms: OpensTerms): OpenedCase | undefined {
  const caseId = caseIdIn(valueAt(source, terms.case))
  if (caseId === undefined) return undefined
  const { reminderDays, noticeHours } = terms
  const deadline = deadlineIn(valueAt(source, terms.deadline))
  return { step: 'opened', caseId, deadline, reminderDays, noticeHours }
}

function toldCase(source: MessageSource, terms: TellsTerms): ToldCase | undefined {
  const caseId = caseIdIn(valueAt(source, terms.case))
  const step = caseId === undefined ? undefined : stepIn(source, terms)
  if (caseId === undefined || step === undefined) return undefined
  return { step, caseId, deadline: deadlineIn(valueAt(source, terms.deadline)) }
}

function stepIn(source: MessageSource, { what }: TellsTerms): ToldStep | undefined {
  if (typeof what === 'string') return what
  return what.codes.get(valueAt(source, what.event) ?? '')
}

/** The one value at a place, without the spaces that XML Schema lets stand around one; undefined where there is none, or several. */
function valueAt(source: MessageSource, place: string | undefined): string | undefined {
  if (place === undefined) return undefined
  const found = new FoundValues()
  try {
    source.find(place.slice(1).split('/'), found)
  } catch (error) {
    if (error instanceof SubjectError) return undefined
    throw error
  }
  return found.texts.length === 1 ? found.texts[0]?.replace(spacesAround, '') : undefined
}
