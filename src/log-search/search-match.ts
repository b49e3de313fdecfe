import { noticeCodes } from '../exchange/message-notice.js'
import type { EntryFields } from '../message-log/entry.js'
import type { OutcomeWord, SearchCriteria, SearchScope } from './search-query.js'

/** Both halves of an exchange, as far as there are entries. */
export interface Halves {
  readonly request: EntryFields | undefined
  readonly outcome: EntryFields | undefined
}

/** Who asked whom for what and how it ended; an empty text for what no entry says. */
export interface Parties {
  readonly domain: string
  readonly consumer: string
  readonly provider: string
  readonly service: string
  readonly outcome: string
}

/** What the entries themselves say of it: the outcome's, and of the provider the request's. */
export function partiesOf({ request, outcome }: Halves): Parties {
  return {
    domain: textOf(outcome?.domain),
    consumer: textOf(outcome?.consumer),
    provider: textOf((request ?? outcome)?.provider),
    service: textOf(outcome?.service),
    outcome: textOf(outcome?.outcome),
  }
}

/** An entry that somebody changed may have anything in the place of a text. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** @param other - as the search tables have it; null where they have none */
export function sameParties(
  one: Parties,
  other: { readonly [Name in keyof Parties]: string | null },
): boolean {
  return (
    one.domain === other.domain &&
    one.consumer === other.consumer &&
    one.provider === other.provider &&
    one.service === other.service &&
    one.outcome === other.outcome
  )
}

/** Whether somebody with this scope may see an exchange. */
export function mayBeSeen(scope: SearchScope, halves: Halves): boolean {
  if ('everything' in scope) return true
  if ('person' in scope) return scope.person.some((pseudonym) => isAbout(halves, pseudonym))
  const { consumer, provider } = partiesOf(halves)
  return isOf(scope.participant, consumer) || isOf(scope.participant, provider)
}

/**
 * Whether an exchange is about a person: the user, as an assertion proved it, or somebody whom the request names. Who
 * merely states a user, as an officer of a body does, says nothing about whom the exchange is.
 */
function isAbout({ request, outcome }: Halves, pseudonym: string): boolean {
  const first = request ?? outcome
  const isUser = first?.assertionDigest !== undefined && first.subjectPseudonym === pseudonym
  return isUser || isNamed(first, pseudonym)
}

function isNamed(entry: EntryFields | undefined, pseudonym: string): boolean {
  return textOf(entry?.namedPseudonyms).split(' ').includes(pseudonym)
}

/** Whether the entries are such as was looked for, but for the time, which is in the exchange id. */
export function isLookedFor(criteria: SearchCriteria, halves: Halves): boolean {
  const parties = partiesOf(halves)
  const first = halves.request ?? halves.outcome
  const { participant, consumer, provider, service, outcome, fault } = criteria
  return (
    (participant === undefined ||
      isOf(participant, parties.consumer) ||
      isOf(participant, parties.provider)) &&
    (consumer === undefined || isOf(consumer, parties.consumer)) &&
    (provider === undefined || isOf(provider, parties.provider)) &&
    (service === undefined || isOf(service, parties.service)) &&
    (outcome === undefined || outcome === wordOf(parties.outcome)) &&
    (fault === undefined || fault === parties.outcome) &&
    isAsWished(criteria.messageId, first?.messageId) &&
    isAsWished(criteria.correlationId, first?.correlationId) &&
    (isAsWished(criteria.subjectPseudonym, first?.subjectPseudonym) ||
      isNamed(first, criteria.subjectPseudonym ?? ''))
  )
}

/** `AZ/GOV/DIN/GCQ` is of `AZ/GOV/DIN`, and of itself. */
function isOf(whole: string, part: string): boolean {
  return part === whole || part.startsWith(`${whole}/`)
}

function wordOf(outcome: string): OutcomeWord {
  if (outcome === 'answered' || outcome === 'unresolved') return outcome
  return noticeCodes.some((code) => code === outcome) ? 'notice' : 'refused'
}

function isAsWished(wished: string | undefined, found: string | undefined): boolean {
  return wished === undefined || wished === found
}
