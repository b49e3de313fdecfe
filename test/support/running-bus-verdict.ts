import { createHash } from 'node:crypto'
import { createClient } from '../../src/database/connection.js'
import { decodeEntry, type EntryKind } from '../../src/message-log/entry.js'
import type { Sent } from './running-bus-consumer.js'

interface Row {
  readonly row_id: string
  readonly exchange_id: string
  readonly half: 1 | 2
  readonly kind: EntryKind
  readonly entry: Buffer
  readonly leaf_hash: Buffer
}

/** The message log after a test, counted. */
export interface LogCounts {
  readonly requests: number
  readonly replies: number
  readonly unresolved: number
  /** Refusals of logged requests: delivery or its answer failed. */
  readonly failed: number
  /** Refusals of messages that were never logged as requests. */
  readonly turnedAway: number
  /** Requests without an outcome. */
  readonly open: number
  readonly payloads: number
  readonly messageIds: number
}

/** What was found wrong, a sentence each; nothing where everything is as it should be. */
export interface Verdict {
  readonly wrong: readonly string[]
  readonly counts: LogCounts
  /** Entries whose bytes were hashed again and fit. */
  readonly verified: number
  /** Messages whose answer the consumer has. */
  readonly acknowledged: number
  /** Messages that the log holds as requests and whose consumer has no answer. */
  readonly unanswered: number
  readonly executed: number
}

/** Everything the log holds, by one exchange id each. */
interface LogContent {
  readonly entries: number
  /** Rows that do not verify, a sentence each. */
  readonly broken: readonly string[]
  readonly kinds: ReadonlyMap<string, ReadonlySet<EntryKind>>
  /** Exchanges of each message id that were logged as requests. */
  readonly byMessageId: ReadonlyMap<string, readonly string[]>
}

/**
 * Holds what consumers and provider saw against what the log says: no acknowledged exchange is
 * missing, none is there twice, nothing was executed twice or without evidence, every request has an
 * outcome, and every entry fits its leaf hash.
 */
export async function judge(
  databaseUrl: string,
  sent: readonly Sent[],
  executions: ReadonlyMap<string, number>,
): Promise<Verdict> {
  const log = await reading(databaseUrl, readLog)
  const counts = await countLog(databaseUrl)
  const acknowledged = sent.filter(({ outcome }) => outcome === 'answered')
  const wrong = [
    ...acknowledged.flatMap((message) => wrongOfAcknowledged(message, log, executions)),
    ...[...executions].flatMap(([messageId, times]) => wrongOfExecuted(messageId, times, log)),
    ...[...log.byMessageId]
      .filter(([, exchanges]) => exchanges.length > 1)
      .map(([messageId]) => `${messageId} is in the log as two requests`),
    ...wrongOfCounts(counts),
    ...log.broken,
  ]
  return {
    wrong,
    counts,
    verified: log.entries - log.broken.length,
    acknowledged: acknowledged.length,
    unanswered: sent.filter(
      ({ outcome, messageId }) => outcome !== 'answered' && log.byMessageId.has(messageId),
    ).length,
    executed: executions.size,
  }
}

/** Only the counts, e.g. to wait for the sweep. */
export async function countLog(databaseUrl: string): Promise<LogCounts> {
  const { rows } = await reading(databaseUrl, (client) =>
    client.query<Record<keyof LogCounts, string>>(countStatement),
  )
  const counts = Object.entries(rows[0] ?? {}).map(([name, count]) => [name, Number(count)])
  return Object.fromEntries(counts) as LogCounts
}

const countStatement = `
  WITH exchange AS (
    SELECT bool_or(kind = 'request') AS request, bool_or(kind = 'reply') AS reply,
           bool_or(kind = 'unresolved') AS unresolved, bool_or(kind = 'refusal') AS refusal
      FROM sluice.message_log_entry GROUP BY exchange_id)
  SELECT count(*) FILTER (WHERE request) AS requests,
         count(*) FILTER (WHERE reply) AS replies,
         count(*) FILTER (WHERE unresolved) AS unresolved,
         count(*) FILTER (WHERE request AND refusal) AS failed,
         count(*) FILTER (WHERE NOT request) AS "turnedAway",
         count(*) FILTER (WHERE request AND NOT (reply OR unresolved OR refusal)) AS open,
         (SELECT count(*) FROM sluice.message_log_payload) AS payloads,
         (SELECT count(*) FROM sluice.message_log_message_id) AS "messageIds"
    FROM exchange`

function wrongOfAcknowledged(
  { messageId, exchangeId = '' }: Sent,
  log: LogContent,
  executions: ReadonlyMap<string, number>,
): string[] {
  const kinds = log.kinds.get(exchangeId) ?? new Set()
  const wrong: string[] = []
  if (!kinds.has('request'))
    wrong.push(`${exchangeId} was acknowledged and its request is not there`)
  if (!kinds.has('reply')) wrong.push(`${exchangeId} was acknowledged and its reply is not there`)
  if (log.byMessageId.get(messageId)?.[0] !== exchangeId) {
    wrong.push(`${exchangeId} is in the log under another message id`)
  }
  if (executions.get(messageId) !== 1) {
    wrong.push(`${messageId} was executed ${executions.get(messageId) ?? 0} times`)
  }
  return wrong
}

function wrongOfExecuted(messageId: string, times: number, log: LogContent): string[] {
  const wrong: string[] = []
  if (times > 1) wrong.push(`${messageId} was executed ${times} times`)
  if (!log.byMessageId.has(messageId)) wrong.push(`${messageId} was executed without evidence`)
  return wrong
}

function wrongOfCounts(counts: LogCounts): string[] {
  const { requests, replies, unresolved, failed, open, messageIds, payloads } = counts
  const wrong: string[] = []
  if (open > 0) wrong.push(`${open} requests have no outcome`)
  if (replies + unresolved + failed + open !== requests) {
    wrong.push(`${requests} requests, but ${replies + unresolved + failed + open} outcomes`)
  }
  if (messageIds !== requests) wrong.push(`${requests} requests, but ${messageIds} message ids`)
  if (payloads < requests + replies) {
    wrong.push(`${requests + replies} requests and replies, but ${payloads} payloads`)
  }
  return wrong
}

async function reading<T>(
  databaseUrl: string,
  read: (client: ReturnType<typeof createClient>) => Promise<T>,
): Promise<T> {
  const client = createClient({
    url: databaseUrl,
    role: 'owner',
    applicationName: 'sluice test verdict',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 60_000,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await read(client)
  } finally {
    await client.end()
  }
}

async function readLog(client: ReturnType<typeof createClient>): Promise<LogContent> {
  const { rows } = await client.query<Row>(
    'SELECT row_id, exchange_id, half, kind, entry, leaf_hash FROM sluice.message_log_entry',
  )
  const kinds = new Map<string, Set<EntryKind>>()
  const byMessageId = new Map<string, string[]>()
  const broken: string[] = []
  for (const row of rows) {
    const { exchange_id: id, kind, entry } = row
    kinds.set(id, (kinds.get(id) ?? new Set()).add(kind))
    const wrong = wrongOfRow(row)
    broken.push(...wrong)
    if (kind !== 'request' || wrong.length > 0) continue
    const { messageId = '' } = decodeEntry(entry)
    byMessageId.set(messageId, [...(byMessageId.get(messageId) ?? []), id])
  }
  return { entries: rows.length, broken, kinds, byMessageId }
}

/** The journal verifies: RFC 9162 §2.1.1, reckoned without the bus's own code. */
function wrongOfRow({ row_id, exchange_id, kind, entry, leaf_hash }: Row): string[] {
  const leafHash = createHash('sha256').update(Buffer.of(0)).update(entry).digest()
  if (!leafHash.equals(leaf_hash)) return [`row ${row_id} does not fit its leaf hash`]
  const fields = decodeEntry(entry)
  const isItsOwn = fields.exchangeId === exchange_id && fields.kind === kind
  return isItsOwn ? [] : [`row ${row_id} holds the entry of another`]
}
