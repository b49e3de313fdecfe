import { createSecretKey } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Secret } from '../config/secrets.js'
import { exchangeJson, pageJson } from '../log-search/exchange-answer.js'
import type { FoundExchange, SearchPage } from '../log-search/log-search.store.js'
import {
  readSearchQuery,
  SearchQueryError,
  type SearchCriteria,
  type SearchPageWish,
} from '../log-search/search-query.js'
import { pseudonymOf } from '../message-log/pseudonym.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { printable } from '../printable.js'

/** Search, opened for a command; whoever has the login may see everything. */
export interface OpenSearch {
  search(criteria: SearchCriteria, page: SearchPageWish): Promise<SearchPage>
  close(): Promise<void>
}

/** What the command needs of its surroundings; nothing is asked for that it does not need. */
export interface SearchSurroundings {
  open(): Promise<OpenSearch>
  /** @throws ConfigError where there is no key, or it is out of reach */
  pseudonymKey(): Promise<Secret<Buffer>>
}

const usage = `Usage: sluice log search [--from TIME] [--until TIME] [--participant ID] [--consumer ID] [--provider ID]
         [--service ID] [--outcome answered|refused|unresolved|notice] [--fault CODE] [--message-id ID]
         [--correlation-id ID] [--subject PERSON|-] [--subject-pseudonym TEXT]
         [--before EXCHANGE_ID] [--limit N] [--json]

Finds exchanges that have ended, newest first; all that is said has to hold. Parties are members
(AZ/GOV/DIN) or their systems (AZ/GOV/DIN/GCQ), services with or without version. A TIME is a date or a
moment with its zone. --before goes on where a page ended.

--subject is the user, by the identifier that was asserted (0TEST01), or whom the request names. It is made
a pseudonym here, with the pseudonym key, and goes nowhere; with "-" it is read from standard input, where
no list of processes shows it.

Exit code: 0 found or nothing to find, 1 not reachable, or the tables of search and the log disagree,
2 wrong use.`

/** The names of a query, and how its options are called here. */
const options = {
  from: 'from',
  until: 'until',
  participant: 'participant',
  consumer: 'consumer',
  provider: 'provider',
  service: 'service',
  outcome: 'outcome',
  fault: 'fault',
  messageId: 'message-id',
  correlationId: 'correlation-id',
  subjectPseudonym: 'subject-pseudonym',
  before: 'before',
  limit: 'limit',
} as const

interface Request {
  readonly criteria: SearchCriteria
  readonly page: SearchPageWish
  readonly json: boolean
}

/**
 * `sluice log search …`.
 * @param args - what follows `log search`
 * @returns exit code: 0 found or nothing to find, 1 not reachable or disagreeing, 2 wrong use
 * @throws ConfigError for a pseudonym key that is needed and cannot be read
 */
export async function logSearch(
  args: readonly string[],
  io: FileCommandIo,
  surroundings: SearchSurroundings,
): Promise<number> {
  try {
    const request = await parse(args, io, surroundings)
    if (request !== 'help') return await carryOut(request, io, surroundings)
    io.out(usage)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

async function carryOut(
  { criteria, page, json }: Request,
  io: FileCommandIo,
  surroundings: SearchSurroundings,
): Promise<number> {
  let search: OpenSearch | undefined
  try {
    search = await surroundings.open()
    return show(await search.search(criteria, page), json, io)
  } catch (error) {
    if (error instanceof SearchQueryError) throw wrongUse(error.message)
    io.err(
      `The log could not be searched: ${error instanceof Error ? error.message : String(error)}`,
    )
    return 1
  } finally {
    await search?.close()
  }
}

/** @throws UsageError */
async function parse(
  args: readonly string[],
  io: FileCommandIo,
  surroundings: SearchSurroundings,
): Promise<Request | 'help'> {
  const values = parsed(args)
  if (values.help === true) return 'help'
  const query: [string, string][] = []
  for (const [name, option] of Object.entries(options)) {
    const value = values[option]
    if (typeof value === 'string') query.push([name, value])
  }
  if (typeof values['subject'] === 'string') {
    const person = await personOf(values['subject'], io)
    query.push(['subjectPseudonym', pseudonymFrom(person, await surroundings.pseudonymKey())])
  }
  try {
    return { ...readSearchQuery(query), json: values['json'] === true }
  } catch (error) {
    if (error instanceof SearchQueryError) throw wrongUse(asOption(error.message))
    throw error
  }
}

/** The names of a query begin what is said of them; here they are options. */
function asOption(message: string): string {
  return message.replace(/^\w+/, (name) => {
    const option = new Map(Object.entries(options)).get(name)
    return option === undefined ? name : `--${option}`
  })
}

async function personOf(text: string, io: FileCommandIo): Promise<string> {
  const person = text === '-' ? (await io.readFile('-')).toString('utf8').trim() : text
  if (person === '') throw wrongUse('--subject is empty.')
  return person
}

function pseudonymFrom(person: string, key: Secret<Buffer>): string {
  return pseudonymOf('subject', person, createSecretKey(key.reveal())) ?? ''
}

function parsed(args: readonly string[]): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(Object.values(options).map((name) => [name, text])),
        subject: text,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw wrongUse((error as Error).message)
  }
}

function wrongUse(reason: string): UsageError {
  return new UsageError(`${reason}\n\n${usage}`)
}

function show(page: SearchPage, json: boolean, io: FileCommandIo): number {
  const { exchanges, next, reachedAt, disagreeing } = page
  const broken = exchanges.filter(({ isIntact }) => !isIntact)
  if (json) {
    for (const each of exchanges) io.out(JSON.stringify(exchangeJson(each)))
    io.out(JSON.stringify(pageJson({ ...page, exchanges: [] })))
  } else {
    for (const each of exchanges) io.out(lineOf(each))
    if (next !== undefined) io.out(`The next page: --before ${next}`)
    io.out(
      reachedAt
        ? `Exchanges that ended before ${reachedAt.toISOString()} were looked at.`
        : 'Older exchanges are still being added to the search tables; there may be more.',
    )
  }
  for (const id of disagreeing) io.err(`${id}: the search tables and the entries disagree.`)
  for (const { exchangeId } of broken) io.err(`${exchangeId}: an entry does not fit its leaf hash.`)
  return disagreeing.length === 0 && broken.length === 0 ? 0 : 1
}

function lineOf({ exchangeId, request, outcome }: FoundExchange): string {
  const first = request ?? outcome
  const asked = `${first?.consumer ?? '(nobody known)'} → ${outcome?.service ?? '(nothing known)'}`
  const parts = [exchangeId, first?.receivedAt ?? first?.recordedAt, asked, outcome?.outcome]
  return printable(parts.join('  '))
}
