import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 } from 'uuid'
import {
  faultOf,
  noticeGiver,
  noticeOf,
  oneWayMessage,
  openDesks,
  readClosedPayload,
  type DeskField,
} from '../../test/support/message-desk.js'
import {
  sampleAccepted,
  sampleConsumer,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import type { LoggedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'
import { decodeEntry } from '../message-log/entry.js'
import type { MessageLog } from '../message-log/message-log.store.js'
import { MessageDeskStore } from './message-desk.store.js'

let field: DeskField
let owner: pg.Client
let log: MessageLog
let desk: MessageDeskStore

beforeAll(async () => {
  field = await openDesks()
  ;({ owner, log, desk } = field)
})
afterAll(() => field.close())

/** A message that its recipient's system took over HTTP, which says that it accepted it. */
async function delivered(status = 200): Promise<LoggedRequest> {
  const logged = await log.logRequest(oneWayMessage())
  await log.logReply(sampleAccepted({ status }), logged)
  return logged
}

const inQueue = (): Promise<LoggedRequest> => field.inQueue()
const codesOf = (logged: LoggedRequest): Promise<string[]> => field.codesOf(logged)

describe('what a sender is told of its message', () => {
  it('that it waits, how often it was tried and until when it will be', async () => {
    const logged = await log.logRequest(oneWayMessage())
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
    expect(await desk.status(noticeGiver, exchangeId)).toBeUndefined()
    const asked = await log.logRequest(sampleValidated())
    await log.logReply(sampleAccepted(), asked)
    expect(await desk.status(sampleConsumer, asked.exchangeId)).toBeUndefined()
    expect(await desk.status(sampleConsumer, v7())).toBeUndefined()
  })
})

describe('whether an exchange has its outcome', () => {
  it('is so for one of any kind once that is in the log, and for no other', async () => {
    const asked = await log.logRequest(sampleValidated())
    for (const logged of [await log.logRequest(oneWayMessage()), asked]) {
      expect(await desk.hasOutcome(logged.exchangeId)).toBe(false)
      await log.logReply(sampleAccepted(), logged)
      expect(await desk.hasOutcome(logged.exchangeId)).toBe(true)
    }
    const refused = await log.logRequest(sampleValidated())
    await log.logRefusal(new Fault('PROVIDER_TIMEOUT'), refused)
    expect(await desk.hasOutcome(refused.exchangeId)).toBe(true)
    expect(await desk.hasOutcome(v7())).toBe(false)
  })

  it('is not known while the log cannot be read', async () => {
    const broken = new MessageDeskStore(new pg.Pool({ port: 1, host: '127.0.0.1' }), log)
    await expect(broken.hasOutcome(v7())).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  })
})

describe('what a recipient says', () => {
  it('is durable with an entry of its own, and told to the sender', async () => {
    const logged = await inQueue()
    await desk.take(noticeOf(logged, 'QEBUL_EDILIB', { via: v7() }))
    await desk.take(noticeOf(logged, 'QEYDIYYATA_ALINIB'))
    const status = await desk.status(sampleConsumer, logged.exchangeId)
    expect(status).toMatchObject({
      state: 'delivered',
      notices: [
        { code: 'CATDIRILIB' },
        { code: 'QEBUL_EDILIB', sender: sampleConsumer, recipient: logged.route.service },
        { code: 'QEYDIYYATA_ALINIB', registration: { number: '8/12', date: '2026-11-26' } },
      ],
    })
    const { rows } = await owner.query<{ entry: Buffer; half: number }>(
      "SELECT half, entry FROM sluice.message_log_entry WHERE kind = 'notice' AND convert_from(entry, 'UTF8')::jsonb ->> 'noticeOf' = $1 ORDER BY row_id",
      [logged.exchangeId],
    )
    const entries = rows.map(({ entry }) => decodeEntry(entry))
    expect(rows.map(({ half }) => half)).toEqual([2, 2])
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        ...{ format: 2, kind: 'notice', domain: 'PORTAL', consumer: sampleConsumer },
        ...{ provider: noticeGiver, service: logged.route.service },
        requestEntry: Buffer.from(logged.entry.leafHash).toString('base64url'),
        messageId: logged.envelope.messageId,
        outcome: ['QEBUL_EDILIB', 'QEYDIYYATA_ALINIB'][index],
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
    const signer = { subsystem: noticeGiver, thumbprint: 'p'.repeat(43), serialNumber: '0b' }
    const came = {
      signer,
      receivedAt: new Date(),
      head: Buffer.from('{}'),
      payload: Buffer.from('{"a":1}'),
    }
    await desk.take(noticeOf(logged, 'QEBUL_EDILIB', { signed, message: came }))
    const [, told] = (await desk.status(sampleConsumer, logged.exchangeId))!.notices
    expect(told?.signed).toEqual(signed)
    const kept = await readClosedPayload(owner, { exchangeId: told!.id, half: 2 })
    expect([kept.head.toString(), kept.payload.toString()]).toEqual(['{}', '{"a":1}'])
    expect(kept.fields).toMatchObject({
      providerCertificate: signer.thumbprint,
      receivedAt: came.receivedAt.toISOString(),
    })
  })

  it('does not contradict what it said', async () => {
    const logged = await inQueue()
    await desk.take(noticeOf(logged, 'QEYDIYYATA_ALINIB'))
    const another = { registration: { number: '8/13', date: '2026-11-26' } }
    expect(await faultOf(desk.take(noticeOf(logged, 'QEYDIYYATA_ALINIB', another)))).toBe(
      'REQUEST_INVALID notice',
    )
    expect(await faultOf(desk.take(noticeOf(logged, 'QEBUL_EDILIB')))).toBe(
      'REQUEST_INVALID notice',
    )
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('refuses a message once, with its ground, after it was accepted or before', async () => {
    const logged = await inQueue()
    await desk.take(noticeOf(logged, 'QEBUL_EDILIB'))
    await desk.take(noticeOf(logged, 'IMTINA'))
    await desk.take(noticeOf(logged, 'IMTINA'))
    const ground = 'Başqa səbəb'
    for (const said of [
      noticeOf(logged, 'IMTINA', { ground }),
      noticeOf(logged, 'QEYDIYYATA_ALINIB'),
    ])
      expect(await faultOf(desk.take(said))).toBe('REQUEST_INVALID notice')
    const status = await desk.status(sampleConsumer, logged.exchangeId)
    expect(status).toMatchObject({
      state: 'refused',
      notices: [
        { code: 'CATDIRILIB' },
        { code: 'QEBUL_EDILIB' },
        { code: 'IMTINA', ground: { az: 'Ünvan sahibi deyilik', en: 'Ünvan sahibi deyilik' } },
      ],
    })
  })

  it('that is refused has an entry', async () => {
    const { adapter } = oneWayMessage()
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
    const logged = await log.logRequest(oneWayMessage())
    const taken = desk.take(noticeOf(logged, 'QEYDIYYATA_ALINIB'))
    await log.logReply(sampleAccepted(), logged)
    await taken
    expect(await codesOf(logged)).toEqual(['CATDIRILIB', 'QEBUL_EDILIB', 'QEYDIYYATA_ALINIB'])
  })

  it('of a message without outcome is refused for the moment', async () => {
    const logged = await log.logRequest(oneWayMessage())
    expect(await faultOf(desk.take(noticeOf(logged, 'QEBUL_EDILIB')))).toBe(
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
    expect(await faultOf(desk.take(noticeOf(logged, 'QEBUL_EDILIB', said)))).toBe(
      'TARGET_UNREGISTERED exchangeId',
    )
    expect(await codesOf(logged)).toEqual(['CATDIRILIB'])
  })

  it('is not taken while the log cannot be read or written', async () => {
    const logged = await inQueue()
    const broken = new MessageDeskStore(new pg.Pool({ port: 1, host: '127.0.0.1' }), log)
    expect(await faultOf(broken.take(noticeOf(logged, 'QEBUL_EDILIB')))).toMatch(
      /^AUDIT_UNAVAILABLE/,
    )
  })
})
