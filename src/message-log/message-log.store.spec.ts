import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  everyStoredValue,
  sealedDigestOf,
  startTestLog,
  testLogJobs,
  testPayloadKey,
} from '../../test/support/message-log.js'
import {
  sampleAccepted,
  sampleIdentified,
  sampleReceived,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import { Fault } from '../exchange/fault.js'
import { leafHashOf } from '../tlog/merkle.js'
import { decodeEntry, type Half } from './entry.js'
import type { MessageLog } from './message-log.store.js'
import { masterKeyOf, openPayload, unwrapDataKey, type OpenedPayload } from './payload-cipher.js'

let database: TestDatabase
let owner: pg.Client
const open: MessageLog[] = []

async function startLog(options: Parameters<typeof startTestLog>[1] = {}): Promise<MessageLog> {
  const { log } = await startTestLog(database.busUrl, options)
  open.push(log)
  return log
}

interface EntryRow {
  readonly half: Half
  readonly kind: string
  readonly outcome: string | null
  readonly entry: Buffer
}

async function entriesOf(exchangeId: string): Promise<EntryRow[]> {
  const { rows } = await owner.query<EntryRow>(
    'SELECT half, kind, outcome, entry FROM sluice.message_log_entry WHERE exchange_id = $1 ORDER BY half',
    [exchangeId],
  )
  return rows
}

async function payloadOf(exchangeId: string, half: Half): Promise<OpenedPayload | undefined> {
  const { rows } = await owner.query<Record<'nonce' | 'ciphertext' | 'wrapped_key', Buffer>>(
    `SELECT nonce, ciphertext, wrapped_key, id FROM sluice.message_log_payload
       JOIN sluice.message_log_data_key ON data_key_id = id WHERE exchange_id = $1 AND half = $2`,
    [exchangeId, half],
  )
  const [row] = rows as ((typeof rows)[number] & { readonly id: string })[]
  if (!row) return undefined
  const key = unwrapDataKey(masterKeyOf(testPayloadKey), row.id, row.wrapped_key)
  return openPayload(key, { exchangeId, half }, row)
}

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((log) => log.close()))
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

describe('steps 4 and 8 (evidence.md §2.1)', () => {
  it('keep both halves, their messages as they came, and tie them together', async () => {
    const log = await startLog()
    const payload = randomBytes(2_000)
    const logged = await log.logRequest(sampleValidated({ payload, head: 'POST /x' }))
    const reply = await log.logReply(sampleAccepted({ head: 'HTTP/1.1 200' }), logged)

    const rows = await entriesOf(logged.exchangeId)
    expect(rows.map(({ kind }) => kind)).toEqual(['request', 'reply'])
    const [request, answer] = rows.map(({ entry }) => decodeEntry(entry))
    expect(answer!.requestEntry).toBe(Buffer.from(logged.entry.leafHash).toString('base64url'))
    expect(answer!.deliveredPayloadDigest).toBe(request!.payloadDigest)
    expect(request!.recordedAt).toBe(logged.entry.recordedAt.toISOString())
    expect(answer!.recordedAt).toBe(reply.entry.recordedAt.toISOString())

    const kept = await payloadOf(logged.exchangeId, 1)
    expect(kept!.payload.equals(payload)).toBe(true)
    expect(kept!.head.toString()).toBe('POST /x')
    expect(kept!.digest).toBe(request!.payloadDigest)
    const keptReply = await payloadOf(logged.exchangeId, 2)
    expect(keptReply!.head.toString()).toBe('HTTP/1.1 200')
    expect(keptReply!.digest).toBe(answer!.payloadDigest)
    expect(keptReply!.headDigest).toBe(answer!.headDigest)
    expect(kept!.headDigest).toBe(request!.headDigest)
  })

  it('keep with a signed answer the head of the delivery, which its signature covers', async () => {
    const log = await startLog()
    const logged = await log.logRequest(sampleValidated())
    const head = 'HTTP/1.1 200 OK\r\nSignature: sig=:AA==:\r\n\r\n'
    const signed = sampleAccepted({ head, rawHeaders: ['Signature', 'sig=:AA==:'] })
    await log.logReply(signed, logged)
    const kept = await payloadOf(logged.exchangeId, 2)
    expect(kept!.head.toString()).toBe(`${Buffer.from(signed.delivered.head()).toString()}${head}`)
  })

  it.each([0, 2_000, 512 * 1024 - 1, 2_000_000])(
    'say of a payload of %d bytes what is stored of it, for whoever has no key',
    async (length) => {
      const log = await startLog()
      const payload = randomBytes(length)
      const { exchangeId } = await log.logRequest(sampleValidated({ payload, head: 'POST /x' }))
      const [request] = (await entriesOf(exchangeId)).map(({ entry }) => decodeEntry(entry))
      expect(request!.sealedPayloadDigest).toBe(await sealedDigestOf(owner, exchangeId, 1))
    },
  )

  it('resolve only once the entry is durable', async () => {
    const log = await startLog()
    const validated = sampleValidated()
    await owner.query('BEGIN')
    await owner.query('LOCK TABLE sluice.message_log_entry IN SHARE MODE')
    let isLogged = false
    const logging = log.logRequest(validated).then(() => (isLogged = true))
    const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
                      WHERE wait_event_type = 'Lock' AND application_name = 'sluice test log'`
    for (;;) {
      const { rows } = await owner.query<{ count: number }>(waiting)
      if (rows[0]!.count > 0) break
      // Statistics are kept within a transaction unless told otherwise.
      await owner.query('SELECT pg_stat_clear_snapshot()')
    }
    expect(isLogged).toBe(false)
    await owner.query('COMMIT')
    await logging
    expect(await entriesOf(validated.exchangeId)).toHaveLength(1)
  })

  it.each([
    ['nothing', 0],
    ['50 MB', 50 << 20],
  ])('hold a payload of %s', async (_, bytes) => {
    const log = await startLog()
    const payload = randomBytes(bytes)
    const logged = await log.logRequest(sampleValidated({ payload }))
    const kept = await payloadOf(logged.exchangeId, 1)
    expect(kept!.payload.equals(payload)).toBe(true)
  })

  it('go over to a new data key in time, and every payload stays open to its key', async () => {
    const dataKey = { payloadsMax: 5, ageMsMax: 3_600_000 }
    const log = await startLog({ limits: { dataKey } })
    const ids: string[] = []
    for (let count = 0; count < 40; count += 1) {
      ids.push((await log.logRequest(sampleValidated())).exchangeId)
    }
    const { rows } = await owner.query<{ count: string }>(
      'SELECT count(DISTINCT data_key_id) FROM sluice.message_log_payload WHERE exchange_id = ANY($1)',
      [ids],
    )
    expect(Number(rows[0]!.count)).toBeGreaterThan(1)
    for (const id of ids) expect(await payloadOf(id, 1)).toBeDefined()
  })
})

describe('repeated messages (protocols.md §1)', () => {
  it('are refused while the first is under way, after it, and after a restart', async () => {
    const log = await startLog()
    const messageId = randomUUID()
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => log.logRequest(sampleValidated({ messageId }))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const duplicate = { code: 'DUPLICATE_MESSAGE' }
    await expect(log.logRequest(sampleValidated({ messageId }))).rejects.toMatchObject(duplicate)
    const restarted = await startLog()
    const again = () => restarted.logRequest(sampleValidated({ messageId }))
    await expect(again()).rejects.toMatchObject(duplicate)
    await expect(again()).rejects.toMatchObject(duplicate)
  })

  it('are one consumer’s matter: others may choose the same id', async () => {
    const log = await startLog()
    const messageId = randomUUID()
    await log.logRequest(sampleValidated({ messageId }))
    const consumer = 'AZ/GOV/TN/EMAKTAB' as ReturnType<
      typeof sampleValidated
    >['envelope']['consumer']
    await expect(log.logRequest(sampleValidated({ messageId, consumer }))).resolves.toBeDefined()
  })

  it('are forgotten after the replay window, and not before', async () => {
    const log = await startLog()
    const old = await startLog({ now: () => new Date(Date.now() - 3_600_000) })
    const [expired, fresh] = [randomUUID(), randomUUID()]
    await old.logRequest(sampleValidated({ messageId: expired }))
    await log.logRequest(sampleValidated({ messageId: fresh }))
    const jobs = testLogJobs(database.jobsUrl)
    expect(await jobs.purgeMessageIds({ replayWindowMs: 1_800_000 })).toBe(1)
    const restarted = await startLog()
    await expect(
      restarted.logRequest(sampleValidated({ messageId: expired })),
    ).resolves.toBeDefined()
    await expect(restarted.logRequest(sampleValidated({ messageId: fresh }))).rejects.toMatchObject(
      { code: 'DUPLICATE_MESSAGE' },
    )
  })
})

describe('refusals (R-127)', () => {
  it('of strangers are entries without payload', async () => {
    const log = await startLog()
    const received = sampleReceived()
    await log.logRefusal(new Fault('SIGNATURE_INVALID', { field: 'Signature' }), received)
    const [row] = await entriesOf(received.exchangeId)
    expect(row).toMatchObject({ half: 2, kind: 'refusal', outcome: 'SIGNATURE_INVALID' })
    expect(decodeEntry(row!.entry)).toMatchObject({
      consumerIdentity: 'none',
      faultField: 'Signature',
    })
    expect(await payloadOf(received.exchangeId, 2)).toBeUndefined()
  })

  it('of verified messages keep the message, unless it must not be kept', async () => {
    const log = await startLog()
    const [denied, forbidden] = [sampleValidated(), sampleValidated()]
    await log.logRefusal(new Fault('ACCESS_DENIED'), denied)
    await log.logRefusal(new Fault('CLASSIFICATION_FORBIDDEN'), forbidden)
    expect(await payloadOf(denied.exchangeId, 2)).toBeDefined()
    expect(await entriesOf(forbidden.exchangeId)).toHaveLength(1)
    expect(await payloadOf(forbidden.exchangeId, 2)).toBeUndefined()
  })

  it('of a verified head keep no payload: it was not read, or not the one signed', async () => {
    const log = await startLog()
    const identified = sampleIdentified()
    await log.logRefusal(new Fault('SIGNATURE_INVALID'), identified)
    const [row] = await entriesOf(identified.exchangeId)
    expect(decodeEntry(row!.entry)).toMatchObject({ consumerIdentity: 'verified' })
    expect(await payloadOf(identified.exchangeId, 2)).toBeUndefined()
  })

  it('after the request was logged are its outcome', async () => {
    const log = await startLog()
    const logged = await log.logRequest(sampleValidated())
    await log.logRefusal(new Fault('PROVIDER_TIMEOUT'), logged)
    const rows = await entriesOf(logged.exchangeId)
    expect(rows.map(({ outcome }) => outcome)).toEqual([null, 'PROVIDER_TIMEOUT'])
    // Once refused, the exchange cannot be answered any more.
    await expect(log.logReply(sampleAccepted(), logged)).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    })
    expect(await entriesOf(logged.exchangeId)).toHaveLength(2)
  })

  it('are handed back as they are stored, with their log, for the receipt', async () => {
    const log = await startLog()
    const stranger = sampleReceived()
    const logged = await log.logRequest(sampleValidated())
    const alone = await log.logRefusal(new Fault('SIGNATURE_MISSING'), stranger)
    const outcome = await log.logRefusal(new Fault('PROVIDER_TIMEOUT'), logged)
    const rows = await entriesOf(stranger.exchangeId)
    rows.push(...(await entriesOf(logged.exchangeId)))
    const given = [alone, logged.entry, outcome]
    expect(given.map((each) => each?.leafHash)).toEqual(rows.map(({ entry }) => leafHashOf(entry)))
    expect(given.map((each) => each?.log)).toEqual(['unassigned', 'domain/PORTAL', 'domain/PORTAL'])
  })

  it('of what the provider answered keep the answer, with its times: it tells who is to blame (C4)', async () => {
    const log = await startLog()
    const logged = await log.logRequest(sampleValidated())
    const answer = sampleAccepted()
    const fault = new Fault('SIGNATURE_INVALID', { side: 'provider' })
    await log.logRefusal(fault, logged, { answer })
    const [, row] = await entriesOf(logged.exchangeId)
    expect(decodeEntry(row!.entry)).toMatchObject({
      outcome: 'SIGNATURE_INVALID',
      deliveredAt: answer.deliveredAt.toISOString(),
      answeredAt: answer.receivedAt.toISOString(),
      replyStatus: 200,
      providerProtocol: 'rest',
      payloadBytes: answer.content.payload.length,
      deliveredPayloadDigest: logged.entry.payloadDigest,
    })
    expect(await payloadOf(logged.exchangeId, 2)).toBeDefined()
  })
})

describe('protection of what is kept', () => {
  it('R-106: no table holds payload, head or persons in clear', async () => {
    const log = await startLog()
    const planted = { fin: '5QQQ7Z1', name: 'Gülnarə Həsənquliyeva', voen: '1409988771' }
    const payload = Buffer.from(JSON.stringify(planted))
    const head = `POST /r1/x?fin=${planted.fin} HTTP/1.1\r\nx-road-userid: ${planted.fin}`
    const envelope = { userId: planted.fin, representedParty: planted.voen }
    const wish = { payload, head, envelope }
    const logged = await log.logRequest(sampleValidated(wish))
    await log.logReply(sampleAccepted({ payload, head }), logged)
    await log.logRefusal(new Fault('ACCESS_DENIED'), sampleValidated(wish))
    const stored = await everyStoredValue(owner)
    expect(stored.includes(logged.exchangeId)).toBe(true)
    for (const text of Object.values(planted)) {
      expect(stored.includes(text)).toBe(false)
      expect(stored.includes(Buffer.from(text).toString('base64'))).toBe(false)
    }
  })

  it('the database keeps the key of payloads wrapped only', async () => {
    const log = await startLog()
    await log.logRequest(sampleValidated())
    const stored = await everyStoredValue(owner)
    const { rows } = await owner.query<{ id: string; wrapped_key: Buffer }>(
      'SELECT id, wrapped_key FROM sluice.message_log_data_key',
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { id, wrapped_key } of rows) {
      const key = unwrapDataKey(masterKeyOf(testPayloadKey), id, wrapped_key)
      expect(stored.includes(key.export())).toBe(false)
    }
    expect(stored.includes(testPayloadKey)).toBe(false)
  })
})
