import { createClient } from '../../src/database/connection.js'
import { decodeEntry, type EntryKind } from '../../src/message-log/entry.js'
import type { Sent } from './running-bus-consumer.js'

interface Row {
  readonly exchange_id: string
  readonly half: 1 | 2
  readonly kind: EntryKind
  readonly entry: Buffer
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
  /** Messages whose answer the consumer has. */
  readonly acknowledged: number
  /** Messages that the log holds as requests and whose consumer has no answer. */
  readonly unanswered: number
  readonly executed: number
}

/** Everything the log holds, by one exchange id each. */
interface LogContent {
  readonly counts: LogCounts
  readonly kinds: ReadonlyMap<string, ReadonlySet<EntryKind>>
  /** Exchanges of each message id that were logged as requests. */
  readonly byMessageId: ReadonlyMap<string, readonly string[]>
}

/**
 * Holds what consumers and provider saw against what the log says: no acknowledged exchange is
 * missing, none is there twice, nothing was executed twice or without evidence, and every request
 * has an outcome.
 */
export async function judge(
  databaseUrl: string,
  sent: readonly Sent[],
  executions: ReadonlyMap<string, number>,
): Promise<Verdict> {
  const log = await readLog(databaseUrl)
  const acknowledged = sent.filter(({ outcome }) => outcome === 'answered')
  const wrong = [
    ...acknowledged.flatMap((message) => wrongOfAcknowledged(message, log, executions)),
    ...[...executions].flatMap(([messageId, times]) => wrongOfExecuted(messageId, times, log)),
    ...[...log.byMessageId]
      .filter(([, exchanges]) => exchanges.length > 1)
      .map(([messageId]) => `${messageId} is in the log as two requests`),
    ...wrongOfCounts(log.counts),
  ]
  return {
    wrong,
    counts: log.counts,
    acknowledged: acknowledged.length,
    unanswered: sent.filter(
      ({ outcome, messageId }) => outcome !== 'answered' && log.byMessageId.has(messageId),
    ).length,
    executed: executions.size,
  }
}

/** Only the counts, e.g. to wait for the sweep. */
export async function countLog(databaseUrl: string): Promise<LogCounts> {
  return (await readLog(databaseUrl)).counts
}

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

async function readLog(databaseUrl: string): Promise<LogContent> {
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
    const { rows } = await client.query<Row>(
      'SELECT exchange_id, half, kind, entry FROM sluice.message_log_entry',
    )
    const others = await client.query<{ payloads: string; message_ids: string }>(
      `SELECT (SELECT count(*) FROM sluice.message_log_payload) AS payloads,
              (SELECT count(*) FROM sluice.message_log_message_id) AS message_ids`,
    )
    const { payloads = '0', message_ids = '0' } = others.rows[0] ?? {}
    return contentOf(rows, Number(payloads), Number(message_ids))
  } finally {
    await client.end()
  }
}

function contentOf(rows: readonly Row[], payloads: number, messageIds: number): LogContent {
  const kinds = new Map<string, Set<EntryKind>>()
  const byMessageId = new Map<string, string[]>()
  for (const { exchange_id: id, kind, entry } of rows) {
    kinds.set(id, (kinds.get(id) ?? new Set()).add(kind))
    if (kind !== 'request') continue
    const { messageId = '' } = decodeEntry(entry)
    byMessageId.set(messageId, [...(byMessageId.get(messageId) ?? []), id])
  }
  const all = [...kinds.values()]
  const count = (matches: (kinds: ReadonlySet<EntryKind>) => boolean): number =>
    all.filter(matches).length
  const counts = {
    requests: count((each) => each.has('request')),
    replies: count((each) => each.has('reply')),
    unresolved: count((each) => each.has('unresolved')),
    failed: count((each) => each.has('request') && each.has('refusal')),
    turnedAway: count((each) => !each.has('request')),
    open: count((each) => each.has('request') && each.size === 1),
    payloads,
    messageIds,
  }
  return { kinds, byMessageId, counts }
}
