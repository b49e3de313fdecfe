import pg, { type ClientBase } from 'pg'
import { createPool } from '../../src/database/connection.js'
import type { LoggedRequest, ValidatedRequest } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import type { NoticeCode, RecipientNotice } from '../../src/exchange/message-notice.js'
import { decodeEntry, type EntryFields, type Half } from '../../src/message-log/entry.js'
import { masterKeyOf } from '../../src/message-log/payload-cipher.js'
import { findPayload, openClosedPayload } from '../../src/message-log/payload-reader.store.js'
import type { MessageLog } from '../../src/message-log/message-log.store.js'
import { MessageDeskStore } from '../../src/outbox/message-desk.store.js'
import { startTestDatabase } from './database.js'
import { startTestLog, testPayloadKey } from './message-log.js'
import { sampleAccepted, sampleConsumer, sampleValidated } from './sample-exchange.js'

/** A half as it is kept: what its entry says, and its message opened. */
export async function readClosedPayload(
  client: ClientBase,
  place: { readonly exchangeId: string; readonly half: Half },
): Promise<{ fields: EntryFields; head: Buffer; payload: Buffer }> {
  const { rows } = await client.query<{ entry: Buffer }>(
    'SELECT entry FROM sluice.message_log_entry WHERE exchange_id = $1 AND half = $2',
    [place.exchangeId, place.half],
  )
  const closed = await findPayload(client, place)
  if (!closed || !rows[0]) throw new Error('there is no such half')
  const { head, payload } = openClosedPayload(closed, masterKeyOf(testPayloadKey))
  return { fields: decodeEntry(rows[0].entry), head, payload }
}

/** Log, desk and database of a test, with a second worker beside. */
export interface DeskField {
  readonly owner: pg.Client
  readonly pool: pg.Pool
  readonly log: MessageLog
  readonly desk: MessageDeskStore
  /** Of another worker. */
  readonly otherDesk: MessageDeskStore
  /** A message that waits in its recipient's queue. */
  inQueue(): Promise<LoggedRequest>
  /** Codes of the notices that the sender is told, in their order. */
  codesOf(logged: LoggedRequest): Promise<NoticeCode[]>
  close(): Promise<void>
}

export async function openDesks(): Promise<DeskField> {
  const database = await startTestDatabase()
  const owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  const pool = createPool({
    url: database.busUrl,
    role: 'bus',
    applicationName: 'sluice test desk',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 5_000,
    connectionsMax: 2,
    idleTimeoutMs: 5_000,
  })
  const { log } = await startTestLog(database.busUrl)
  const { log: other } = await startTestLog(database.busUrl)
  const desk = new MessageDeskStore(pool, log)
  return {
    ...{ owner, pool, log, desk, otherDesk: new MessageDeskStore(pool, other) },
    inQueue: async () => {
      const message = oneWayMessage()
      const logged = await log.logRequest({
        ...message,
        route: { ...message.route, protocol: 'mq' },
      })
      await log.logReply(sampleAccepted(), logged)
      return logged
    },
    codesOf: async ({ exchangeId }) =>
      (await desk.status(sampleConsumer, exchangeId))!.notices.map(({ code }) => code),
    close: async () => {
      await log.close()
      await other.close()
      await pool.end()
      await owner.end()
      await database.stop()
    },
  }
}

export const noticeGiver = parseSubsystemId('AZ/GOV/DIN/GCQ')

export function oneWayMessage(): ValidatedRequest {
  const validated = sampleValidated()
  return { ...validated, route: { ...validated.route, pattern: 'one-way' } }
}

/** What the recipient says. */
export function noticeOf(
  { exchangeId }: LoggedRequest,
  code: RecipientNotice['code'],
  rest: Partial<RecipientNotice> = {},
): RecipientNotice {
  return {
    ...{ code, exchangeId, recipient: noticeGiver, signed: undefined },
    registration: code === 'QEYDIYYATA_ALINIB' ? { number: '8/12', date: '2026-11-26' } : undefined,
    ground: code === 'IMTINA' ? 'Ünvan sahibi deyilik' : undefined,
    ...rest,
  }
}

/** How it ended: `taken`, or the fault's code and field. */
export async function faultOf(taking: Promise<void>): Promise<string> {
  try {
    await taking
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.field}`
    throw error
  }
  return 'taken'
}
