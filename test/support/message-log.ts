import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import { createClient } from '../../src/database/connection.js'
import { LogJobs, type LogJobsOptions } from '../../src/message-log/log-jobs.store.js'
import { MessageLog, type MessageLogOptions } from '../../src/message-log/message-log.store.js'

export const testPayloadKey = Buffer.alloc(32, 1)

/** A log over a test database, and what it warned of. */
export interface TestLog {
  readonly log: MessageLog
  readonly warnings: string[]
}

/** Starts a message log under the bus's role. The caller closes it. */
export async function startTestLog(
  url: string,
  options: Partial<MessageLogOptions> & { readonly statementTimeoutMs?: number } = {},
): Promise<TestLog> {
  const warnings: string[] = []
  const { statementTimeoutMs = 5_000, ...rest } = options
  const log = new MessageLog({
    connect: () =>
      createClient({
        url,
        role: 'bus',
        applicationName: 'sluice test log',
        connectionTimeoutMs: 5_000,
        statementTimeoutMs,
      }),
    payloadKey: testPayloadKey,
    pseudonymKey: Buffer.alloc(32, 2),
    signReceipts: (outcomes) => outcomes.map(({ exchangeId }) => `receipt-of-${exchangeId}`),
    warn: (event) => warnings.push(event),
    ...rest,
    limits: { retryMinMs: 20, retryMaxMs: 100, ...options.limits },
  })
  await log.start()
  return { log, warnings }
}

/** Lets whoever writes this half of an exchange wait until the work has ended: another may yet have it. */
export async function whileHeld(
  owner: ClientBase,
  [exchangeId, half]: readonly [exchangeId: string, half: 1 | 2],
  work: () => Promise<void>,
): Promise<void> {
  await owner.query('BEGIN')
  try {
    await owner.query(
      `INSERT INTO sluice.message_log_entry (exchange_id, half, kind, recorded_at, entry, leaf_hash)
       VALUES ($1, $2, $3, now(), '', $4)`,
      [exchangeId, half, half === 1 ? 'request' : 'refusal', Buffer.alloc(32)],
    )
    await work()
  } finally {
    await owner.query('ROLLBACK')
  }
}

/** The jobs of the log as a node runs them: under a role of their own. */
export function testLogJobs(jobsUrl: string, limits: LogJobsOptions['limits'] = {}): LogJobs {
  const connect = (): ReturnType<typeof createClient> =>
    createClient({
      url: jobsUrl,
      role: 'jobs',
      applicationName: 'sluice test jobs',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    })
  return new LogJobs({ connect, limits })
}

/** Resolves once the condition holds. For what tells of itself by no event. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** What an entry must say of a stored payload, from the rows as they are and without any key. */
export async function sealedDigestOf(
  owner: ClientBase,
  exchangeId: string,
  half: 1 | 2,
): Promise<string> {
  const { rows } = await owner.query<
    Record<'nonce' | 'ciphertext' | 'wrapped_key', Buffer> &
      Record<'id' | 'master_key_id' | 'made_at', string>
  >(
    `SELECT nonce, ciphertext, wrapped_key, id, master_key_id,
            to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS made_at
       FROM sluice.message_log_payload JOIN sluice.message_log_data_key ON data_key_id = id
      WHERE exchange_id = $1 AND half = $2`,
    [exchangeId, half],
  )
  const [row] = rows
  if (!row) throw new Error(`no payload of ${exchangeId}`)
  const commitment = createHash('sha256')
    .update(`${row.id}\n${row.master_key_id}\n${row.made_at}\n`)
    .update(row.wrapped_key)
    .digest()
  const sealed = createHash('sha256').update(commitment).update(row.nonce).update(row.ciphertext)
  return sealed.digest('base64url')
}

/** Each value of each row of each table of the bus, as bytes. */
export async function everyStoredValue(owner: ClientBase): Promise<Buffer> {
  const tables = await owner.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'sluice'",
  )
  const parts: Buffer[] = []
  for (const { name } of tables.rows) {
    const { rows } = await owner.query<Record<string, unknown>>(`SELECT * FROM ${name}`)
    for (const value of rows.flatMap((row) => Object.values(row))) {
      parts.push(Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)))
    }
  }
  return Buffer.concat(parts)
}
