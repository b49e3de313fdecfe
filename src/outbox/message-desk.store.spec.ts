import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 } from 'uuid'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog } from '../../test/support/message-log.js'
import {
  sampleAccepted,
  sampleConsumer,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import { createPool } from '../database/connection.js'
import type { LoggedRequest, ValidatedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'
import type { RecipientNotice } from '../exchange/message-notice.js'
import { decodeEntry } from '../message-log/entry.js'
import type { MessageLog } from '../message-log/message-log.store.js'
import { readClosedPayload } from '../../test/support/message-desk.js'
import { MessageDeskStore } from './message-desk.store.js'

let database: TestDatabase
let owner: pg.Client
let pool: pg.Pool
let log: MessageLog
let other: MessageLog
let desk: MessageDeskStore

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  pool = createPool({
    url: database.busUrl,
    role: 'bus',
    applicationName: 'sluice test desk',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 5_000,
    connectionsMax: 2,
    idleTimeoutMs: 5_000,
  })
  ;({ log } = await startTestLog(database.busUrl))
  ;({ log: other } = await startTestLog(database.busUrl))
  desk = new MessageDeskStore(pool, log)
})

afterAll(async () => {
  await log.close()
  await other.close()
  await pool.end()
  await owner.end()
  await database.stop()
})

const recipient = parseSubsystemId('AZ/GOV/DIN/GCQ')

function message(): ValidatedRequest {
  const validated = sampleValidated()
  return { ...validated, route: { ...validated.route, pattern: 'one-way' } }
}

/** A message that its recipient's system took over HTTP, which says that it accepted it. */
async function delivered(status = 200): Promise<LoggedRequest> {
  const logged = await log.logRequest(message())
  await log.logReply(sampleAccepted({ status }), logged)
  return logged
}

/** A message that waits in its recipient's queue. */
async function inQueue(): Promise<LoggedRequest> {
  const validated = message()
  const logged = await log.logRequest({
    ...validated,
    route: { ...validated.route, protocol: 'mq' },
  })
  await log.logReply(sampleAccepted(), logged)
  return logged
}

function notice(
  { exchangeId }: LoggedRequest,
  code: RecipientNotice['code'],
  rest: Partial<RecipientNotice> = {},
): RecipientNotice {
  return {
    ...{ code, exchangeId, recipient, signed: undefined },
    registration: code === 'QEYDIYYATA_ALINIB' ? { number: '8/12', date: '2026-11-26' } : undefined,
    ground: code === 'IMTINA' ? 'Ünvan sahibi deyilik' : undefined,
    ...rest,
  }
}

async function faultOf(taking: Promise<void>): Promise<string> {
  try {
    await taking
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.field}`
    throw error
  }
  return 'taken'
}

const codesOf = async (logged: LoggedRequest): Promise<string[]> =>
  (await desk.status(sampleConsumer, logged.exchangeId))!.notices.map(({ code }) => code)

describe('what a sender is told of its message', () => {
  it('that it waits, how often it was tried and until when it will be', async () => {
    const logged = await log.logRequest(message())
    await owner.query(
      "UPDATE sluice.outbox_message SET attempts = 3, last_fault = 'PROVIDER_UNAVAILABLE' WHERE exchange_id = $1",
      [logged.exchangeId],
    )
    expect(await desk.status(sampleConsumer, logged.exchangeId)).toEqual({
      exchangeId: logged.exchangeId,
      messageId: logged.envelope.messageId,
      service: logged.route.service,
      acceptedAt: logged.receivedAt,
      state: 'waiting',
      attempts: 3,
      lastFault: 'PROVIDER_UNAVAILABLE',
      expiresAt: new Date(logged.receivedAt.getTime() + 604_800_000),
      notices: [],
    })
  })

  it('that it was delivered, accepted, refused', async () => {
    const taken = await delivered()
    expect((await desk.status(sampleConsumer, taken.exchangeId))?.state).toBe('delivered')
    expect(await codesOf(taken)).toEqual(['CATDIRILIB', 'QEBUL_EDILIB'])
    const refused = await delivered(422)
    expect((await desk.status(sampleConsumer, refused.exchangeId))?.state).toBe('refused')
    expect(await codesOf(refused)).toEqual(['IMTINA'])
  })

  it('nothing of what others sent, of what it waited for an answer to, and of what there is not', async () => {
    const { exchangeId } = await delivered()
    expect(await desk.status(recipient, exchangeId)).toBeUndefined()
    const asked = await log.logRequest(sampleValidated())
    await log.logReply(sampleAccepted(), asked)
    expect(await desk.status(sampleConsumer, asked.exchangeId)).toBeUndefined()
    expect(await desk.status(sampleConsumer, v7())).toBeUndefined()
  })
})

describe('what a recipient says', () => {
  it('is durable with an entry of its own, and told to the sender', async () => {
    const logged = await inQueue()
    await desk.take(notice(logged, 'QEBUL_EDILIB', { via: v7() }))
    await desk.take(notice(logged, 'QEYDIYYATA_ALINIB'))
    await desk.take(notice(logged, 'IMTINA'))
    const status = await desk.status(sampleConsumer, logged.exchangeId)
    expect(status).toMatchObject({
      state: 'refused',
      notices: [
        { code: 'CATDIRILIB' },
        { code: 'QEBUL_EDILIB', sender: sampleConsumer, recipient: logged.route.service },
        { code: 'QEYDIYYATA_ALINIB', registration: { number: '8/12', date: '2026-11-26' } },
        { code: 'IMTINA', ground: { az: 'Ünvan sahibi deyilik', en: 'Ünvan sahibi deyilik' } },
      ],
    })
    const { rows } = await owner.query<{ entry: Buffer; half: number }>(
      "SELECT half, entry FROM sluice.message_log_entry WHERE kind = 'notice' AND convert_from(entry, 'UTF8')::jsonb ->> 'noticeOf' = $1 ORDER BY row_id",
      [logged.exchangeId],
    )
    const entries = rows.map(({ entry }) => decodeEntry(entry))
    expect(rows.map(({ half }) => half)).toEqual([2, 2, 2])
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        ...{ format: 2, kind: 'notice', domain: 'PORTAL', consumer: sampleConsumer },
        ...{ provider: recipient, service: logged.route.service },
        requestEntry: Buffer.from(logged.entry.leafHash).toString('base64url'),
        messageId: logged.envelope.messageId,
        outcome: ['QEBUL_EDILIB', 'QEYDIYYATA_ALINIB', 'IMTINA'][index],
      })
      expect(entry.exchangeId).toBe(status!.notices[index + 1]!.id)
    }
    const [, registered] = entries
    const kept = await readClosedPayload(owner, { exchangeId: registered!.exchangeId, half: 2 })
    expect(JSON.parse(kept.payload.toString())).toEqual({
      ...{ exchangeId: logged.exchangeId, notice: 'QEYDIYYATA_ALINIB' },
      ...{ number: '8/12', date: '2026-11-26' },
    })
  })

  it('is kept as it was signed, where it came by a queue', async () => {
    const logged = await inQueue()
    const signed = { protected: 'e30', signature: 'AA', payload: 'e30' }
    const signer = { subsystem: recipient, thumbprint: 'p'.repeat(43), serialNumber: '0b' }
    const came = {
      signer,
      receivedAt: new Date(),
      head: Buffer.from('{}'),
      payload: Buffer.from('{"a":1}'),
    }
    await desk.take(notice(logged, 'QEBUL_EDILIB', { signed, message: came }))
    const [, told] = (await desk.status(sampleConsumer, logged.exchangeId))!.notices
    expect(told?.signed).toEqual(signed)
    const kept = await readClosedPayload(owner, { exchangeId: told!.id, half: 2 })
    expect([kept.head.toString(), kept.payload.toString()]).toEqual(['{}', '{"a":1}'])
    expect(kept.fields).toMatchObject({
      providerCertificate: signer.thumbprint,
      receivedAt: came.receivedAt.toISOString(),
    })
  })

  it('said a second time is nothing new, and at one time to two workers', async () => {
    const logged = await inQueue()
    const desks = [desk, new MessageDeskStore(pool, other)]
    const said = notice(logged, 'QEYDIYYATA_ALINIB')
    await Promise.all([...desks, ...desks].map((each) => each.take(said)))
    for (const each of desks) await each.take(said)
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('does not contradict what it said', async () => {
    const logged = await inQueue()
    await desk.take(notice(logged, 'QEYDIYYATA_ALINIB'))
    const another = { registration: { number: '8/13', date: '2026-11-26' } }
    expect(await faultOf(desk.take(notice(logged, 'QEYDIYYATA_ALINIB', another)))).toBe(
      'REQUEST_INVALID notice',
    )
    expect(await faultOf(desk.take(notice(logged, 'QEBUL_EDILIB')))).toBe('REQUEST_INVALID notice')
    await desk.take(notice(logged, 'IMTINA'))
    const ground = 'Başqa səbəb'
    expect(await faultOf(desk.take(notice(logged, 'IMTINA', { ground })))).toBe(
      'REQUEST_INVALID notice',
    )
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB', 'IMTINA'])
  })

  it('does not contradict what it says to another worker at that moment', async () => {
    const logged = await inQueue()
    const desks = [desk, new MessageDeskStore(pool, other)]
    const numbers = ['8/12', '8/13', '8/14', '8/15']
    const said = numbers.map((number, at) => {
      const registration = { number, date: '2026-11-26' }
      return faultOf(desks[at % 2]!.take(notice(logged, 'QEYDIYYATA_ALINIB', { registration })))
    })
    const ends = await Promise.all(said)
    expect(ends.sort()).toEqual([...Array<string>(3).fill('REQUEST_INVALID notice'), 'taken'])
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('that is refused has an entry', async () => {
    const { adapter } = message()
    const exchangeId = v7()
    const head = (): Uint8Array => new Uint8Array()
    await desk.refuse(new Fault('CERT_SENDER_MISMATCH'), {
      ...{ exchangeId, adapter, receivedAt: new Date(), remoteAddress: 'AZ.GOV.DIN.GCQ.answers' },
      content: { format: 'malformed', code: 'REQUEST_INVALID', reason: '', head },
    })
    const { rows } = await owner.query<{ entry: Buffer }>(
      'SELECT entry FROM sluice.message_log_entry WHERE exchange_id = $1 AND half = 2',
      [exchangeId],
    )
    expect(decodeEntry(rows[0]!.entry)).toMatchObject({
      ...{ kind: 'refusal', outcome: 'CERT_SENDER_MISMATCH' },
      remoteAddress: 'AZ.GOV.DIN.GCQ.answers',
    })
  })

  it('that comes before the outcome of the delivery waits for that', async () => {
    const logged = await log.logRequest(message())
    const taken = desk.take(notice(logged, 'QEYDIYYATA_ALINIB'))
    await log.logReply(sampleAccepted(), logged)
    await taken
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEBUL_EDILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('of a message without outcome is refused for the moment', async () => {
    const logged = await log.logRequest(message())
    expect(await faultOf(desk.take(notice(logged, 'QEBUL_EDILIB')))).toBe(
      'AUDIT_UNAVAILABLE undefined',
    )
    expect(await codesOf(logged)).toEqual([])
  })

  it.each<[string, () => SubsystemId | undefined]>([
    ['by its sender', () => sampleConsumer],
    ['by somebody else', () => parseSubsystemId('AZ/GOV/TN/SENED')],
    ['of a message that there is not', () => undefined],
  ])('is not taken: %s', async (_, by) => {
    const logged = await inQueue()
    const said = by() ? { recipient: by()! } : { exchangeId: v7() }
    expect(await faultOf(desk.take(notice(logged, 'QEBUL_EDILIB', said)))).toBe(
      'TARGET_UNREGISTERED exchangeId',
    )
    expect(await codesOf(logged)).toEqual(['CATDIRILIB'])
  })

  it('is not taken while the log cannot be read or written', async () => {
    const logged = await inQueue()
    const broken = new MessageDeskStore(new pg.Pool({ port: 1, host: '127.0.0.1' }), log)
    expect(await faultOf(broken.take(notice(logged, 'QEBUL_EDILIB')))).toMatch(/^AUDIT_UNAVAILABLE/)
  })
})
