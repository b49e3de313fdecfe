import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 } from 'uuid'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog } from '../../test/support/message-log.js'
import { sampleAccepted, sampleValidated } from '../../test/support/sample-exchange.js'
import { testSequencing } from '../../test/support/sequencing.js'
import { verify } from '../../test/support/tampering.js'
import type { LoggedRequest } from '../exchange/exchange.js'
import { encodeEntry, type EntryFields } from '../message-log/entry.js'
import { SequencingSession } from '../sequencing/sequencing-session.store.js'
import { verifierKeyText } from '../tlog/note-keys.js'

let database: TestDatabase
let owner: pg.Client
let session: SequencingSession
let options: { logKeys: string[] }

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  const { parts, signers } = testSequencing(database)
  session = await SequencingSession.open(parts)
  await session.elect()
  await session.load()
  options = { logKeys: [verifierKeyText(signers.of('domain/PORTAL').key)] }
})

afterAll(async () => {
  await session.close()
  await owner.end()
  await database.stop()
})

/** A recipient's notice of a message, as whoever writes the log may write it. */
async function write(message: LoggedRequest, changes: Partial<EntryFields> = {}): Promise<string> {
  const exchangeId = v7()
  const recordedAt = new Date()
  const fields: EntryFields = {
    format: 2,
    kind: 'notice',
    exchangeId,
    noticeOf: message.exchangeId,
    messageId: message.envelope.messageId,
    domain: message.route.domain,
    consumer: message.envelope.consumer,
    provider: message.route.provider,
    service: message.route.service,
    outcome: 'QEBUL_EDILIB',
    recordedAt: recordedAt.toISOString(),
    requestEntry: Buffer.from(message.entry.leafHash).toString('base64url'),
    ...changes,
  }
  const { bytes, leafHash } = encodeEntry(fields)
  const { domain, consumer, service, outcome } = fields
  await owner.query(
    `INSERT INTO sluice.message_log_entry
       (exchange_id, half, kind, recorded_at, domain, consumer, service, outcome, entry, leaf_hash)
     VALUES ($1, 2, 'notice', $2, $3, $4, $5, $6, $7, $8)`,
    [exchangeId, recordedAt, domain, consumer, service, outcome, bytes, leafHash],
  )
  return exchangeId
}

describe('a recipient’s notice in the log', () => {
  it('names the request of the message that it tells of', async () => {
    const { log } = await startTestLog(database.busUrl)
    const message = await log.logRequest(sampleValidated())
    await write(message)
    await log.logReply(sampleAccepted(), message)
    await write(message, { outcome: 'QEYDIYYATA_ALINIB' })
    await session.pass()
    const { defects, logs } = await verify(database.auditorUrl, options)
    expect(defects).toEqual([])
    expect(logs.map(({ log: name, entries }) => [name, entries])).toEqual([['domain/PORTAL', 4]])

    const other = await log.logRequest(sampleValidated())
    const ofOther = Buffer.from(other.entry.leafHash).toString('base64url')
    const wrong = [
      [await write(message, { requestEntry: ofOther }), 'request-other'],
      [await write(message, { noticeOf: v7() }), 'request-missing'],
      [await write(message, { noticeOf: 'mesaj' }), 'request-other'],
      [await write(message, { noticeOf: undefined }), 'request-other'],
    ]
    await session.pass()
    await log.close()
    const { defects: found } = await verify(database.auditorUrl, options)
    const told = found.map(({ row, finding }) => [String(row).slice(0, 36), finding])
    expect(told.sort()).toEqual(wrong.sort())
  })
})
