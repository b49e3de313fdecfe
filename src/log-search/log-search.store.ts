import type pg from 'pg'
import { noticeCodes } from '../exchange/message-notice.js'
import { searchPageMax, searchPartiesMax } from '../limits/log-search.js'
import { decodeEntry, encodeEntry, type EntryFields, type Half } from '../message-log/entry.js'
import { firstIdAt } from '../message-log/sweep.store.js'
import { readReachedAt } from './search-filling.store.js'
import {
  isLookedFor,
  mayBeSeen,
  partiesOf,
  sameParties,
  type Halves,
  type Parties,
} from './search-match.js'
import {
  SearchQueryError,
  type SearchCriteria,
  type SearchPageWish,
  type SearchScope,
} from './search-query.js'

/** An exchange that was found, as its own entries tell of it. */
export interface FoundExchange extends Halves {
  readonly exchangeId: string
  /** Whether each entry is canonical and has its leaf hash. */
  readonly isIntact: boolean
}

export interface SearchPage {
  /** Newest first. */
  readonly exchanges: readonly FoundExchange[]
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined
  /** Exchanges that ended before this moment are all looked at; undefined while older ones are still added. */
  readonly reachedAt: Date | undefined
  /** Exchanges of which the search tables say something else than the entries; always empty to a participant. */
  readonly disagreeing: readonly string[]
}

/**
 * Looks for exchanges that have ended. The search tables only say where to look: what is returned is
 * read from the entries, and what does not fit there is not returned.
 * @param client - under the role of the auditors, with its own time limit
 * @throws SearchQueryError where more combinations of parties fit than can be looked for at a time
 */
export async function searchExchanges(
  client: pg.ClientBase,
  scope: SearchScope,
  criteria: SearchCriteria,
  page: SearchPageWish,
): Promise<SearchPage> {
  // Before the rows, so that it is never later than they are.
  const reachedAt = await readReachedAt(client)
  const parties = await fittingParties(client, scope, criteria)
  const limit = Math.min(page.limit, searchPageMax)
  const rows =
    parties?.length === 0
      ? []
      : await readRows(client, scope, { criteria, parties }, { ...page, limit })
  const entries = await readEntriesOf(client, rows)
  const exchanges: FoundExchange[] = []
  const disagreeing: string[] = []
  for (const row of rows) {
    const found = entries.get(row.exchange_id)
    const truth = found && partiesOf(found)
    const fits =
      found && truth && mayBeSeen(scope, found) && isLookedFor(criteria, found) ? found : undefined
    if (fits) exchanges.push(fits)
    if (!fits || !truth || !sameParties(truth, row)) disagreeing.push(row.exchange_id)
  }
  return {
    exchanges,
    next: rows.length === limit ? rows.at(-1)?.exchange_id : undefined,
    reachedAt,
    disagreeing: 'everything' in scope ? disagreeing : [],
  }
}

/** Conditions of one query, with their values. */
class Conditions {
  readonly values: unknown[] = []
  readonly #texts: string[] = []

  /** @param write - gets the place of the value */
  add(value: unknown, write: (place: string) => string): void {
    this.values.push(value)
    this.#texts.push(`(${write(`$${this.values.length}`)})`)
  }

  /** Nothing, if the value is undefined. */
  maybe(value: unknown, write: (place: string) => string): void {
    if (value !== undefined) this.add(value, write)
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0
  }

  get where(): string {
    return this.isEmpty ? 'true' : this.#texts.join(' AND ')
  }
}

const isOf = (column: string) => (place: string) =>
  `${column} = ${place} OR starts_with(${column}, ${place} || '/')`

const isParty = (place: string): string =>
  `${isOf('consumer')(place)} OR ${isOf('provider')(place)}`

/** Numbers of the combinations of parties and outcome that fit; undefined where all do. */
async function fittingParties(
  client: pg.ClientBase,
  scope: SearchScope,
  criteria: SearchCriteria,
): Promise<number[] | undefined> {
  const conditions = new Conditions()
  if ('participant' in scope) conditions.add(scope.participant, isParty)
  conditions.maybe(criteria.participant, isParty)
  conditions.maybe(criteria.consumer, isOf('consumer'))
  conditions.maybe(criteria.provider, isOf('provider'))
  conditions.maybe(criteria.service, isOf('service'))
  conditions.maybe(criteria.fault, (place) => `outcome = ${place}`)
  conditions.maybe(
    criteria.outcome,
    (place) =>
      `${place} = CASE WHEN outcome IN ('answered', 'unresolved') THEN outcome
                       WHEN outcome IN ('${noticeCodes.join("', '")}') THEN 'notice'
                       ELSE 'refused' END`,
  )
  if (conditions.isEmpty) return undefined
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM sluice.exchange_search_parties WHERE ${conditions.where}
      LIMIT ${searchPartiesMax + 1}`,
    conditions.values,
  )
  if (rows.length > searchPartiesMax) {
    throw new SearchQueryError('so many services and parties fit; name more of them')
  }
  return rows.map(({ id }) => id)
}

type Row = { readonly exchange_id: string } & {
  // Null where somebody took the row of the parties away.
  readonly [Name in keyof Parties]: string | null
}

interface Wanted {
  readonly criteria: SearchCriteria
  readonly parties: readonly number[] | undefined
}

const keysAt = (place: string): string =>
  `ARRAY(SELECT hashtextextended(name, 0) FROM unnest(${place}::text[]) AS name)`

const isAbout = (place: string): string => `about_keys && ${keysAt(place)}`

async function readRows(
  client: pg.ClientBase,
  scope: SearchScope,
  { criteria, parties }: Wanted,
  { limit, before }: SearchPageWish,
): Promise<Row[]> {
  const conditions = new Conditions()
  if ('person' in scope) conditions.add(scope.person, isAbout)
  conditions.maybe(before, (place) => `exchange_id < ${place}::uuid`)
  const { from, until } = criteria
  conditions.maybe(from && firstIdAt(from), (place) => `exchange_id >= ${place}::uuid`)
  conditions.maybe(until && firstIdAt(until), (place) => `exchange_id < ${place}::uuid`)
  conditions.maybe(parties, (place) => `parties = ANY (${place}::integer[])`)
  const isKey = (column: string) => (place: string) =>
    `${column} = hashtextextended(${place}::text, 0)`
  conditions.maybe(criteria.messageId, isKey('message_key'))
  conditions.maybe(criteria.correlationId, isKey('correlation_key'))
  const subject = criteria.subjectPseudonym
  conditions.maybe(subject && [subject], (place) => {
    return `subject_key = ANY (${keysAt(place)}) OR ${isAbout(place)}`
  })
  const { rows } = await client.query<Row>(
    `SELECT exchange_id, domain, consumer, provider, service, outcome
       FROM (SELECT exchange_id, parties FROM sluice.exchange_search
              WHERE ${conditions.where} ORDER BY exchange_id DESC LIMIT ${limit}) AS found
       LEFT JOIN sluice.exchange_search_parties AS p ON p.id = found.parties
      ORDER BY exchange_id DESC`,
    conditions.values,
  )
  return rows
}

interface EntryRow {
  readonly exchange_id: string
  readonly half: Half
  readonly entry: Buffer
  readonly leaf_hash: Buffer
}

async function readEntriesOf(
  client: pg.ClientBase,
  rows: readonly Row[],
): Promise<Map<string, FoundExchange>> {
  const found = new Map<string, FoundExchange>()
  if (rows.length === 0) return found
  const entries = await client.query<EntryRow>(
    `SELECT exchange_id, half, entry, leaf_hash FROM sluice.message_log_entry
      WHERE exchange_id = ANY ($1::uuid[])`,
    [rows.map((row) => row.exchange_id)],
  )
  for (const row of entries.rows) {
    const { fields, isIntact } = readEntry(row)
    const { exchange_id: exchangeId } = row
    const other = found.get(exchangeId)
    found.set(exchangeId, {
      exchangeId,
      request: row.half === 1 ? fields : other?.request,
      outcome: row.half === 2 ? fields : other?.outcome,
      isIntact: isIntact && (other?.isIntact ?? true),
    })
  }
  return found
}

/** Somebody may have changed an entry to what is none; then nothing is known of it. */
function readEntry(row: EntryRow): { fields: EntryFields | undefined; isIntact: boolean } {
  try {
    const fields = decodeEntry(row.entry)
    const again = encodeEntry(fields)
    const isIntact =
      row.entry.equals(again.bytes) &&
      row.leaf_hash.equals(again.leafHash) &&
      fields.exchangeId === row.exchange_id
    return { fields, isIntact }
  } catch {
    return { fields: undefined, isIntact: false }
  }
}
