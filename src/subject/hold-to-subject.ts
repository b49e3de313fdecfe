import type { HoldToSubject } from '../exchange/end-user.js'
import type { EndUser, PersonIdentifier } from '../exchange/person.js'
import type { SubjectRule } from '../exchange/route.js'
import { invalidField } from '../exchange/envelope-values.js'
import { Fault } from '../exchange/fault.js'
import { FoundValues, SubjectError } from './found-values.js'
import { identifierOf } from './identifier-form.js'
import { sourceOfRequest, type MessageSource } from './message-source.js'
import { segmentsOf } from './pointer.js'

const nobody: readonly PersonIdentifier[] = []

/**
 * Step 3 as to persons. A user gets data about themselves alone: each value at the places that the service declares is one
 * of the identifiers that the user's assertion has, and one is there at least. An agency may ask about others on a
 * legal ground; whom it asks about is told all the same, for the log.
 * @throws Fault NOT_DATA_SUBJECT, REQUEST_INVALID naming the place
 */
export const holdToSubject: HoldToSubject = (authorised, derived) => {
  const { route, user } = authorised
  const { subjects } = route
  if (subjects.length === 0) return nobody
  const source = sourceOfRequest(authorised, derived)
  const named: PersonIdentifier[] = []
  for (const place of subjects) {
    for (const text of valuesAt(place, source)) {
      const identifier = identifierOf(place.type, text)
      if (user && !isOwn(identifier, user)) throw notSubject(place)
      // Whom the log could not tell of, nobody could be told of.
      if (!identifier) throw invalidField(place.request, 'The value is no identifier of its type.')
      if (!isAmong(identifier, named)) named.push(identifier)
    }
  }
  const [first] = subjects
  if (user && named.length === 0 && first) throw unnamed(first)
  return named
}

function valuesAt({ request }: SubjectRule, source: MessageSource): readonly string[] {
  const found = new FoundValues()
  try {
    source.find(segmentsOf(request) ?? [], found)
  } catch (error) {
    if (!(error instanceof SubjectError)) throw error
    const detail = `It cannot be said about whom the message is: ${error.message}.`
    throw invalidField(request, detail, error)
  }
  return found.texts
}

/** Whether an identifier is one of the user's own. */
export function isOwn(
  identifier: PersonIdentifier | undefined,
  { identifiers }: Pick<EndUser, 'identifiers'>,
): boolean {
  return identifier !== undefined && isAmong(identifier, identifiers)
}

/** Whether a list has this identifier. */
export function isAmong(
  { type, value }: PersonIdentifier,
  list: readonly PersonIdentifier[],
): boolean {
  return list.some((each) => each.type === type && each.value === value)
}

function notSubject({ request }: SubjectRule): Fault {
  return new Fault('NOT_DATA_SUBJECT', {
    field: request,
    detail: 'The request names another person than the user.',
  })
}

function unnamed({ request }: SubjectRule): Fault {
  return new Fault('NOT_DATA_SUBJECT', {
    field: request,
    detail: 'The request does not name the user.',
  })
}
