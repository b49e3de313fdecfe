import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog } from '../../test/support/message-log.js'
import { sampleAccepted, sampleValidated } from '../../test/support/sample-exchange.js'
import { Fault } from '../exchange/fault.js'
import type { ValidatedRequest } from '../exchange/exchange.js'
import { readEntries } from '../message-log/log-reader.store.js'
import type { MessageLog } from '../message-log/message-log.store.js'
import { logShow } from './log-show.js'

let database: TestDatabase
let answeredId: string
let refusedId: string
let messageId: string

async function show(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const io = {
    out: (line: string) => void (out += `${line}\n`),
    err: (line: string) => void (err += `${line}\n`),
  }
  const code = await logShow(args, io, async () => {
    const client = new pg.Client(database.busUrl)
    await client.connect()
    return {
      readEntries: (selection) => readEntries(client, selection),
      close: () => client.end(),
    }
  })
  return { code, out, err }
}

beforeAll(async () => {
  database = await startTestDatabase()
  const { log } = await startTestLog(database.busUrl)
  messageId = await logMessage(log)
  const logged = await log.logRequest(sampleValidated({ messageId: 'mesaj-1' }))
  await log.logReply(sampleAccepted(), logged)
  answeredId = logged.exchangeId
  const refused = sampleValidated({ messageId: 'mesaj-2\u001b[31m' })
  await log.logRefusal(new Fault('ACCESS_DENIED'), refused)
  refusedId = refused.exchangeId
  await log.close()
})

/** A one-way message, of which its recipient says something twice. */
async function logMessage(log: MessageLog): Promise<string> {
  const validated = sampleValidated()
  const oneWay = { ...validated, route: { ...validated.route, pattern: 'one-way', protocol: 'mq' } }
  const logged = await log.logRequest(oneWay as ValidatedRequest)
  await log.logReply(sampleAccepted(), logged)
  const { exchangeId, route, envelope, entry } = logged
  const facts = {
    ...{ sender: envelope.consumer, recipient: route.service, provider: route.provider },
    ...{ messageId: envelope.messageId, correlationId: undefined, domain: route.domain },
    ...{ consumerProtocol: 'rest', providerProtocol: 'mq' },
  }
  const said = { exchangeId, recipient: route.provider, ground: undefined, signed: undefined }
  const message = { facts, requestLeafHash: entry.leafHash }
  const registration = { number: '8/12', date: '2026-11-26' }
  const accepted = { ...said, code: 'QEBUL_EDILIB', registration: undefined } as const
  await log.logNotice(accepted, message, 'CATDIRILIB')
  const registered = { ...said, code: 'QEYDIYYATA_ALINIB', registration } as const
  await log.logNotice(registered, message, 'QEBUL_EDILIB')
  return exchangeId
}

afterAll(() => database.stop())

describe('sluice log show', () => {
  it('shows both halves of an exchange, their row and leaf hash, and no payload', async () => {
    const { code, out } = await show(answeredId)
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`${answeredId}  REQUEST`))
    expect(out).toMatch(new RegExp(`${answeredId}  REPLY`))
    expect(out).toMatch(/ {2}row +\d+\n {2}leaf hash +[0-9a-f]{64}\n/)
    expect(out).toMatch(/ {2}legal basis +Vergi Məcəlləsi, maddə 23\n/)
    expect(out).not.toMatch(/Aygün/)
  })

  it('finds exchanges by message id, and the newest', async () => {
    expect((await show('--message-id', 'mesaj-1')).out).toContain(answeredId)
    const last = await show('--last', '1')
    expect(last.out).toContain(refusedId)
    expect(last.out).not.toContain(answeredId)
    expect((await show('--last', '5')).out).toContain(answeredId)
  })

  it('shows with a message what its recipient said of it, and a notice by its own id', async () => {
    const { out } = await show(messageId)
    expect([...out.matchAll(/ {2}(REQUEST|REPLY|NOTICE) {2}/g)].map(([, kind]) => kind)).toEqual([
      ...['REQUEST', 'REPLY', 'NOTICE', 'NOTICE'],
    ])
    expect(out).toMatch(new RegExp(`notice of +${messageId}\n`))
    const [, noticeId] = /^(\S+) {2}NOTICE/m.exec(out) ?? []
    expect((await show(noticeId!)).out).toMatch(/ {2}outcome +QEBUL_EDILIB\n/)
  })

  it('lets no text steer the terminal', async () => {
    expect((await show(refusedId)).out).not.toContain('\u001b')
  })

  it('prints one object a line with --json', async () => {
    const { out } = await show(answeredId, '--json')
    const objects = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(objects).toMatchObject([
      { intact: true, entry: { kind: 'request' } },
      { intact: true, entry: { kind: 'reply' } },
    ])
  })

  it('fails where there is nothing', async () => {
    expect(await show('01a2078f-89fa-7297-bff4-68591e03396b')).toEqual({
      code: 1,
      out: '',
      err: 'The message log has no such entry.\n',
    })
  })

  it.each<[string[], RegExp]>([
    [[], /^Say which exchange\./],
    [['x\u001b[31m'], /^"x\ufffd\[31m" is no exchange id, which is a UUID/],
    [['--last', '0'], /^--last must be a whole number from 1 to 1000\./],
    [['--last', '1', '--message-id', 'm'], /^Give one of EXCHANGE_ID, --last and --message-id\./],
    [['--what'], /^Unknown option '--what'/],
  ])('%j is wrong use, and it says why', async (args, reason) => {
    const { code, out, err } = await show(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(reason)
    expect(err).toContain('\n\nUsage: sluice log show')
  })

  it('explains itself', async () => {
    const { code, out, err } = await show('--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^Usage: sluice log show/)
  })

  it('says when an entry does not fit its leaf hash', async () => {
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    await owner.query(
      `UPDATE sluice.message_log_entry SET entry = overlay(entry placing '2' from 20 for 1)
        WHERE exchange_id = $1 AND half = 2`,
      [refusedId],
    )
    await owner.end()
    const { code, err } = await show(refusedId)
    expect(code).toBe(1)
    expect(err).toMatch(/does not fit its leaf hash/)
  })
})
