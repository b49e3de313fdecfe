import type { AcceptedReply, LoggedRequest } from '../exchange/exchange.js'
import type { PersonIdentifier } from '../exchange/person.js'
import type { SubjectRule } from '../exchange/route.js'
import { Fault } from '../exchange/fault.js'
import { FoundValues, SubjectError } from './found-values.js'
import { isAmong } from './hold-to-subject.js'
import { identifierOf } from './identifier-form.js'
import { sourceOfReply, type MessageSource } from './message-source.js'
import { segmentsOf } from './pointer.js'

/**
 * Step 7 as to persons: is the answer about whom was asked? For a user that is the user alone; for an agency those
 * whom its request names. An answer without the field, as where nothing was found, is about nobody.
 * @throws Fault RESPONSE_SUBJECT_MISMATCH, RESPONSE_INVALID naming the place
 */
export function checkAnswer({ content }: AcceptedReply, logged: LoggedRequest): void {
  const { route, user, subjects: asked } = logged
  if (route.subjects.length === 0 || route.pattern === 'one-way') return
  let source: MessageSource | undefined
  for (const { type, reply } of route.subjects) {
    if (reply === undefined) continue
    const allowed = user?.identifiers ?? asked.filter((each) => each.type === type)
    // An agency that asked otherwise is told whom the answer is about by the answer alone.
    if (!user && allowed.length === 0) continue
    source ??= sourceOfReply(content)
    for (const text of valuesAt(reply, source, content.status))
      checkValue(type, text, reply, allowed)
  }
}

function checkValue(
  type: SubjectRule['type'],
  text: string,
  field: string,
  allowed: readonly PersonIdentifier[],
): void {
  const identifier = identifierOf(type, text)
  if (identifier && isAmong(identifier, allowed)) return
  throw new Fault('RESPONSE_SUBJECT_MISMATCH', {
    field,
    detail: 'The answer names another person than the request.',
  })
}

function valuesAt(pointer: string, source: MessageSource, status: number): readonly string[] {
  const found = new FoundValues()
  try {
    source.find(segmentsOf(pointer) ?? [], found)
  } catch (error) {
    if (!(error instanceof SubjectError)) throw error
    // What a system says of its failure may be in any form, and is no answer about anybody.
    if (status < 200 || status > 299) return []
    throw new Fault('RESPONSE_INVALID', {
      field: pointer,
      detail: `It cannot be said about whom the answer is: ${error.message}.`,
      cause: error,
    })
  }
  return found.texts
}
