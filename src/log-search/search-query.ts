import { faultTexts } from '../exchange/fault-text.js'
import {
  parseMemberId,
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
  type MemberId,
} from '../exchange/identifier.js'
import { searchPageDefault, searchPageMax, searchTextCharsMax } from '../limits/log-search.js'

/** Whose exchanges somebody may see. There is no default, so that no caller can forget it. */
export type SearchScope =
  | { readonly everything: true }
  | { readonly participant: MemberId }
  /** A person's own: exchanges that are about them, by all the pseudonyms that they have. */
  | { readonly person: readonly string[] }

/** `notice`: what a recipient said of a one-way message; `refused` is what the bus refused. */
export const outcomeWords = ['answered', 'refused', 'unresolved', 'notice'] as const
export type OutcomeWord = (typeof outcomeWords)[number]

/** What is looked for; all of what is given has to hold. Parties are members or their subsystems. */
export interface SearchCriteria {
  /** When the exchange came: from then on, and before then. */
  readonly from?: Date
  readonly until?: Date
  /** Consumer or provider. */
  readonly participant?: string
  readonly consumer?: string
  readonly provider?: string
  /** A service in all its versions, or one version. */
  readonly service?: string
  readonly outcome?: OutcomeWord
  /** A code of the fault list. */
  readonly fault?: string
  readonly messageId?: string
  readonly correlationId?: string
  /** Of the user, or of whom the request names; whoever asks makes it, and the person's identifier stays there. */
  readonly subjectPseudonym?: string
}

/** One page of what is found, newest first. */
export interface SearchPageWish {
  readonly limit: number
  /** Only exchanges before this one: the `next` of the page before. */
  readonly before?: string
}

/** A query that says something impossible; the message names the field. */
export class SearchQueryError extends Error {
  override readonly name = 'SearchQueryError'
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const momentPattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/
const pseudonymPattern = /^[A-Za-z0-9_-]{43}$/

type Read<T> = (text: string) => T

const moment: Read<Date> = (text) => {
  const time = new Date(text)
  if (!momentPattern.test(text) || Number.isNaN(time.getTime()) || time.getTime() < 0) {
    throw new Error('must be a date, or a moment with its zone such as 2026-03-01T09:00:00+04:00')
  }
  return time
}

const party: Read<string> = (text) =>
  saying('must be a member such as AZ/GOV/DIN, or a system such as AZ/GOV/DIN/GCQ', () =>
    text.split('/').length === 3 ? parseMemberId(text) : parseSubsystemId(text),
  )

const service: Read<string> = (text) =>
  saying('must be a service such as AZ/GOV/DIN/GCQ/finAxtaris, with or without its version', () =>
    text.split('/').length === 5 ? parseServiceCode(text) : parseServiceId(text),
  )

/** What either form would be, where it is neither. */
function saying(what: string, read: () => string): string {
  try {
    return read()
  } catch (error) {
    throw new Error(`${what} (${(error as Error).message})`, { cause: error })
  }
}

const outcome: Read<OutcomeWord> = (text) => {
  const word = outcomeWords.find((each) => each === text)
  if (!word) throw new Error(`must be one of ${outcomeWords.join(', ')}`)
  return word
}

const fault: Read<string> = (text) => {
  if (!Object.hasOwn(faultTexts, text)) throw new Error('is no code of the fault list')
  return text
}

const freeText: Read<string> = (text) => {
  if (text === '' || text.length > searchTextCharsMax) {
    throw new Error(`must have 1 to ${searchTextCharsMax} characters`)
  }
  return text
}

const pseudonym: Read<string> = (text) => {
  if (!pseudonymPattern.test(text)) throw new Error('must be a pseudonym, 43 characters base64url')
  return text
}

const exchangeId: Read<string> = (text) => {
  if (!uuidPattern.test(text)) throw new Error('must be an exchange id')
  return text
}

const limit: Read<number> = (text) => {
  const count = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > searchPageMax) throw new Error(`must be from 1 to ${searchPageMax}`)
  return count
}

const criteriaReaders: { readonly [Name in keyof SearchCriteria]-?: Read<unknown> } = {
  from: moment,
  until: moment,
  participant: party,
  consumer: party,
  provider: party,
  service,
  outcome,
  fault,
  messageId: freeText,
  correlationId: freeText,
  subjectPseudonym: pseudonym,
}
const readers: Readonly<Record<string, Read<unknown>>> = {
  ...criteriaReaders,
  before: exchangeId,
  limit,
}

/** Names that a query may have. */
export const searchNames = Object.keys(readers)

/**
 * Reads a query from names and values, as an address or a command line has them.
 * @throws SearchQueryError for a name that is not known or a value that cannot be; neither is repeated
 *   in the message
 */
export function readSearchQuery(values: Iterable<readonly [name: string, value: string]>): {
  readonly criteria: SearchCriteria
  readonly page: SearchPageWish
} {
  const read = new Map<string, unknown>()
  for (const [name, value] of values) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!reader) throw new SearchQueryError(`a query has only ${searchNames.join(', ')}`)
    if (read.has(name)) throw new SearchQueryError(`${name} is given twice`)
    try {
      read.set(name, reader(value))
    } catch (error) {
      throw new SearchQueryError(`${name} ${(error as Error).message}`)
    }
  }
  const { limit: count = searchPageDefault, before, ...criteria } = Object.fromEntries(read)
  const page = { limit: count as number, ...(before !== undefined && { before: before as string }) }
  return { criteria, page }
}
