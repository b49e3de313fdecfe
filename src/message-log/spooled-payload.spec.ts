import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { hash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { sealedDigestOf, startTestLog, testPayloadKey } from '../../test/support/message-log.js'
import { sampleAccepted, sampleValidated } from '../../test/support/sample-exchange.js'
import { TestSpool } from '../../test/support/spool.js'
import type { SpooledPayload } from '../exchange/payload.js'
import { spoolPieceBytes } from '../limits/http.js'
import { decodeEntry, type Half } from './entry.js'
import type { MessageLog } from './message-log.store.js'
import { masterKeyOf, openPayload, unwrapDataKey } from './payload-cipher.js'

const spool = new TestSpool()
let database: TestDatabase
let owner: pg.Client
const open: MessageLog[] = []

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((log) => log.close()))
  spool.forget()
})

afterAll(async () => {
  await spool.close()
  await owner.end()
  await database.stop()
})

async function startLog(
  options: Parameters<typeof startTestLog>[1] = {},
): Promise<{ readonly log: MessageLog; readonly warnings: string[] }> {
  const started = await startTestLog(database.busUrl, options)
  open.push(started.log)
  return started
}

/** What is in the log of one half, opened as an officer opens it. */
async function stored(exchangeId: string, half: Half) {
  const { rows } = await owner.query<
    Record<'nonce' | 'ciphertext' | 'wrapped_key' | 'entry', Buffer> & { id: string }
  >(
    `SELECT nonce, ciphertext, wrapped_key, id, entry FROM sluice.message_log_entry
       JOIN sluice.message_log_payload USING (exchange_id, half)
       JOIN sluice.message_log_data_key ON data_key_id = id WHERE exchange_id = $1 AND half = $2`,
    [exchangeId, half],
  )
  const [row] = rows
  if (!row) return undefined
  const key = unwrapDataKey(masterKeyOf(testPayloadKey), row.id, row.wrapped_key)
  return { ...openPayload(key, { exchangeId, half }, row), fields: decodeEntry(row.entry) }
}

const head = 'POST /soap HTTP/1.1'

describe('a payload on the spool', () => {
  it.each([0, 1, spoolPieceBytes, 3 * spoolPieceBytes + 1])(
    'of %d bytes is in the log as if it had been in memory, in both halves',
    async (length) => {
      const { log } = await startLog()
      const bytes = randomBytes(length)
      const payload = await spool.keep(bytes)
      const logged = await log.logRequest(sampleValidated({ payload, head }))
      await log.logReply(sampleAccepted({ payload, head: 'HTTP/1.1 200' }), logged)
      for (const half of [1, 2] as const) {
        const found = await stored(logged.exchangeId, half)
        expect(found?.payload.equals(bytes)).toBe(true)
        expect(found?.head.toString()).toBe(half === 1 ? head : 'HTTP/1.1 200')
        expect(found?.fields.payloadDigest).toBe(found?.digest)
        const sealedDigest = await sealedDigestOf(owner, logged.exchangeId, half)
        expect(found?.fields.sealedPayloadDigest).toBe(sealedDigest)
        expect(found?.fields.payloadBytes).toBe(length)
      }
    },
  )

  it('waits in the queue for large ones, and takes no more of it than its window', async () => {
    const bytes = randomBytes(2_000_000)
    const { log } = await startLog({ limits: { largeQueueBytesMax: 3_000_000 } })
    const payload = await spool.keep(bytes)
    const consumers = ['AZ/GOV/VN/A', 'AZ/GOV/VN/B'] as never[]
    const writing = consumers.map((consumer) =>
      log.logRequest(sampleValidated({ payload, consumer })),
    )
    for (const logged of await Promise.all(writing)) {
      expect(hash('sha256', (await stored(logged.exchangeId, 1))!.payload)).toBe(
        hash('sha256', bytes),
      )
    }
  })

  it('that is refused as a duplicate leaves the connection to the next one', async () => {
    const payload = await spool.keep(randomBytes(5_000_000))
    const first = await startLog()
    await first.log.logRequest(sampleValidated({ messageId: 'eyni', payload }))
    // Another worker, which remembers nothing of it.
    const { log, warnings } = await startLog()
    await expect(
      log.logRequest(sampleValidated({ messageId: 'eyni', payload })),
    ).rejects.toMatchObject({
      code: 'DUPLICATE_MESSAGE',
    })
    const next = await log.logRequest(sampleValidated({ payload }))
    expect((await stored(next.exchangeId, 1))?.payload).toHaveLength(5_000_000)
    expect(warnings).toEqual([])
  })

  it('whose file fails in the middle leaves nothing, is refused, and the others are written', async () => {
    const { log, warnings } = await startLog()
    const bytes = randomBytes(10 * spoolPieceBytes)
    const whole = await spool.keep(bytes)
    let reads = 0
    const failing: SpooledPayload = {
      length: whole.length,
      sha256: whole.sha256,
      stretch: (start, end) => whole.stretch(start, end),
      async *pieces() {
        reads += 1
        let pieces = 0
        for await (const piece of whole.pieces()) {
          // The first time it is digested.
          if (reads > 1 && ++pieces > 4) throw new Error('the disk is gone')
          yield piece
        }
      },
    }
    const refused = sampleValidated({ payload: failing })
    const others = [1, 2].map(() => log.logRequest(sampleValidated({ payload: whole })))
    await expect(log.logRequest(refused)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    expect(await stored(refused.exchangeId, 1)).toBeUndefined()
    for (const { exchangeId } of await Promise.all(others)) {
      expect((await stored(exchangeId, 1))?.payload.equals(bytes)).toBe(true)
    }
    expect(warnings).toEqual(['message_log.record_refused'])
    expect(log.state().ready).toBe(true)
    const next = await log.logRequest(sampleValidated({ payload: whole }))
    expect((await stored(next.exchangeId, 1))?.payload.equals(bytes)).toBe(true)
  })

  it('whose connection is cut in the middle is written by the next one', async () => {
    const bytes = randomBytes(8 * spoolPieceBytes)
    const whole = await spool.keep(bytes)
    let reads = 0
    const cutting: SpooledPayload = {
      length: whole.length,
      sha256: whole.sha256,
      stretch: (start, end) => whole.stretch(start, end),
      async *pieces() {
        reads += 1
        for await (const piece of whole.pieces()) {
          yield piece
          if (reads !== 2) continue
          reads += 1
          await owner.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE application_name = 'sluice test log' AND query LIKE 'COPY%' AND state = 'active'`,
          )
        }
      },
    }
    const { log } = await startLog()
    const validated = sampleValidated({ payload: cutting })
    const logged = await log.logRequest(validated)
    expect((await stored(logged.exchangeId, 1))?.payload.equals(bytes)).toBe(true)
    expect(reads).toBeGreaterThan(3)
  })
})
