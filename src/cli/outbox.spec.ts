import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { until } from '../../test/support/message-log.js'
import {
  message,
  Recipients,
  rowsOf,
  startWorker,
  type TestWorker,
} from '../../test/support/outbox.js'
import { readActs } from '../audit-log/audit-log.store.js'
import { Secret } from '../config/secrets.js'
import { Fault } from '../exchange/fault.js'
import { openOutboxOf } from './open-outbox.js'
import { outboxCommand } from './outbox.js'

let database: TestDatabase
let owner: pg.Client
let worker: TestWorker
let isDown = true
const recipients = new Recipients()
recipients.answer = () => {
  if (isDown) throw new Fault('PROVIDER_UNAVAILABLE')
  return 200
}

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  worker = await startWorker(database, { recipients })
})

afterEach(async () => {
  isDown = false
  await owner.query("UPDATE sluice.outbox_message SET next_at = '-infinity'")
  await until(async () => (await rowsOf(owner)).waiting === 0)
})

afterAll(async () => {
  await worker.close()
  await owner.end()
  await database.stop()
})

async function run(...args: string[]) {
  const io = memoryIo({})
  const place = {
    directory: database.folder,
    databaseUrl: undefined,
    migrationUrl: new Secret(database.ownerUrl),
  }
  const code = await outboxCommand(args, io, (access) => openOutboxOf(place, access))
  return { code, text: io.text, errors: io.errors }
}

/** Accepts a message that has failed once, so that it waits. */
async function waiting(): Promise<string> {
  isDown = true
  const { exchangeId } = await worker.accept(message({ payload: Buffer.from('məxfi deyil') }))
  await until(async () => {
    const { rows } = await owner.query('SELECT FROM sluice.outbox_message WHERE attempts > 0')
    return rows.length === 1
  })
  return exchangeId
}

describe('sluice outbox', () => {
  it('lists and shows what waits, and nothing of what is in it', async () => {
    const exchangeId = await waiting()
    const listed = await run('list')
    expect(listed.code).toBe(0)
    expect(listed.text).toContain(exchangeId)
    expect(listed.text).toContain('AZ/GOV/VN/VSDS -> AZ/GOV/DIN/GCQ/sened/v1')
    expect(listed.text).toContain('attempts 1 (PROVIDER_UNAVAILABLE)')
    const shown = await run('show', exchangeId, '--json')
    expect(JSON.parse(shown.text)).toMatchObject({
      exchangeId,
      attempts: 1,
      lastFault: 'PROVIDER_UNAVAILABLE',
      payloadBytes: Buffer.byteLength('məxfi deyil'),
    })
    expect(listed.text + shown.text).not.toContain('məxfi')
    expect((await run('list', '--sender', 'AZ/GOV/VN/SYS1')).text).toBe('No message waits.')
  })

  it('has one tried at once', async () => {
    const exchangeId = await waiting()
    await owner.query("UPDATE sluice.outbox_message SET next_at = now() + interval '1 day'")
    isDown = false
    expect(await run('retry', exchangeId)).toMatchObject({ code: 0 })
    await until(async () => (await rowsOf(owner)).outcomes.get(exchangeId) === 'answered')
    expect(await run('retry', exchangeId)).toMatchObject({ code: 1 })
  })

  it('gives one up: the running bus ends it, its sender is told, and it is an act', async () => {
    const exchangeId = await waiting()
    expect(await run('drop', exchangeId)).toMatchObject({ code: 2 })
    const done = await run('drop', exchangeId, '--ground', 'səhv ünvan', '--actor', 'A. Məmmədov')
    expect(done).toMatchObject({ code: 0 })
    await until(async () => (await rowsOf(owner)).waiting === 0)
    const { outcomes, notices } = await rowsOf(owner)
    expect(outcomes.get(exchangeId)).toBe('PROVIDER_UNAVAILABLE')
    expect(notices.get(exchangeId)).toEqual(['IMTINA'])
    const [act] = await readActs(owner, { limit: 1 })
    expect(act!.fields).toMatchObject({
      kind: 'outbox.drop',
      actor: 'A. Məmmədov',
      reason: 'səhv ünvan',
      subject: `exchange ${exchangeId}`,
    })
  })

  it.each([[''], ['burn'], ['show'], ['show', 'x'], ['list', '--all']])(
    'is called wrongly as: outbox %p',
    async (...args) => {
      expect((await run(...args)).code).toBe(2)
    },
  )
})
