import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog, testPayloadKey } from '../../test/support/message-log.js'
import {
  sampleAccepted,
  sampleReceived,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import { readActs, type StoredAct } from '../audit-log/audit-log.store.js'
import { Secret } from '../config/secrets.js'
import { Fault } from '../exchange/fault.js'
import { findPayload } from '../message-log/payload-reader.store.js'
import { logPayload, type PayloadVault } from './log-payload.js'
import { openVaultOf } from './open-log.js'

let database: TestDatabase
let owner: pg.Client
let folder: string
let exchangeId: string
let strangerId: string

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  folder = await mkdtemp(join(tmpdir(), 'sluice-keys-'))
  await writeFile(join(folder, 'payload.key'), testPayloadKey.toString('base64'))
  await writeFile(join(folder, 'other.key'), Buffer.alloc(32, 9).toString('base64'))
  const { log } = await startTestLog(database.busUrl)
  const logged = await log.logRequest(sampleValidated())
  await log.logReply(sampleAccepted(), logged)
  exchangeId = logged.exchangeId
  const stranger = sampleReceived()
  await log.logRefusal(new Fault('SIGNATURE_MISSING'), stranger)
  strangerId = stranger.exchangeId
  await log.close()
})

afterAll(async () => {
  await owner.end()
  await rm(folder, { recursive: true, force: true })
  await database.stop()
})

function vault(url = database.ownerUrl, key = 'payload.key'): Promise<PayloadVault> {
  const payloadKeyFile = join(folder, key)
  const keys = { payloadKeyFile, pseudonymKeyFile: payloadKeyFile } as never
  return openVaultOf({
    directory: folder,
    databaseUrl: new Secret(url),
    migrationUrl: undefined,
    keys,
  })
}

async function run(args: readonly string[], open = (): Promise<PayloadVault> => vault()) {
  const io = memoryIo({})
  const code = await logPayload(args, io, open)
  return { code, out: io.octets.toString(), err: io.errors }
}

function acts(): Promise<StoredAct[]> {
  return readActs(owner, { limit: 1_000 })
}

describe('sluice log payload (R-106)', () => {
  it('opens a payload for a reason, which is an act of the audit log', async () => {
    const args = [exchangeId, '--reason', 'Məhkəmə qərarı 12', '--actor', 'N. Əliyeva']
    expect(await run(args)).toEqual({ code: 0, out: '{"ad":"Aygün Məmmədova"}', err: '' })
    const answer = await run([exchangeId, '--half', '2', '--reason', 'eyni', '--whole'])
    expect(answer.out).toBe('HTTP/1.1 200 OK\r\n\r\n{"unvan":"Bakı, Nizami küç. 5"}')
    expect((await acts()).map(({ fields }) => fields)).toMatchObject([
      {
        kind: 'payload.open',
        actor: 'N. Əliyeva',
        account: userInfo().username,
        role: 'security officer',
        reason: 'Məhkəmə qərarı 12',
        subject: `payload ${exchangeId}/1`,
      },
      { actor: userInfo().username, reason: 'eyni', subject: `payload ${exchangeId}/2` },
    ])
    expect(JSON.stringify(await acts())).not.toMatch(/Aygün|Nizami/)
  })

  it('has the act durable before the payload is open', async () => {
    const known = (await acts()).length
    const { code, out, err } = await run([exchangeId, '--reason', 'x'], async () => {
      const real = await vault()
      const open = (): never => {
        throw new Error('the process died here')
      }
      return { ...real, open }
    })
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('the process died here')
    expect(await acts()).toHaveLength(known + 1)
  })

  it('opens nothing where the act cannot be recorded', async () => {
    let isOpened = false
    const { code, out } = await run([exchangeId, '--reason', 'x'], async () => {
      const real = await vault()
      const record = (): Promise<never> => Promise.reject(new Error('disk full'))
      return { ...real, record, open: (closed) => ((isOpened = true), real.open(closed)) }
    })
    expect([code, out, isOpened]).toEqual([1, '', false])
    // Workers' login may not add to the audit log.
    const known = await acts()
    expect(await run([exchangeId, '--reason', 'x'], () => vault(database.busUrl))).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('permission denied for table audit_log_entry'),
    })
    expect(await acts()).toEqual(known)
  })

  it('is open to the login that docs/operating.md makes for officers, which may do no more', async () => {
    const text = await readFile('docs/operating.md', 'utf8')
    const sql = /```sql\n(CREATE ROLE officer_login[^`]*)```/.exec(text)?.[1] ?? ''
    await owner.query(sql.replace('…', 'x'))
    const url = new URL(database.ownerUrl)
    url.username = 'officer_login'
    url.password = 'x'
    const { code, err } = await run([exchangeId, '--reason', 'x'], () => vault(url.href))
    expect([code, err]).toEqual([0, ''])
    const officer = new pg.Client(url.href)
    await officer.connect()
    for (const statement of [
      'SELECT FROM sluice.member',
      'SELECT FROM sluice.audit_log_entry',
      'DELETE FROM sluice.audit_log_entry',
      'DELETE FROM sluice.message_log_payload',
    ]) {
      await expect(officer.query(statement)).rejects.toMatchObject({ code: '42501' })
    }
    await officer.end()
  })

  it.each([[[]], [['--reason', '']], [['--reason', ' \t']]])(
    'is refused without a reason, and asks for no database: %j',
    async (rest) => {
      const never = (): never => {
        throw new Error('no database is asked for')
      }
      const { code, err } = await run([exchangeId, ...rest], never)
      expect([code, err]).toEqual([2, expect.stringMatching(/^Give a --reason: it is recorded\./)])
    },
  )

  it.each([[[]], [['x', '--reason', 'r']], [['--half', '3', '--reason', 'r']], [['--all']]])(
    '%j is wrong use',
    async (args) => {
      const given = args.includes('--half') ? [exchangeId, ...args] : args
      const { code, err } = await run(given)
      expect([code, err]).toEqual([2, expect.stringContaining('\n\nUsage: sluice log payload')])
    },
  )

  it('needs the payload key', async () => {
    const known = await acts()
    const missing = await run([exchangeId, '--reason', 'r'], () => vault(undefined, 'none.key'))
    expect(missing).toMatchObject({ code: 1, out: '', err: /key cannot be read/ as never })
    expect(await acts()).toEqual(known)
    const other = await run([exchangeId, '--reason', 'r'], () => vault(undefined, 'other.key'))
    expect(other).toMatchObject({ code: 1, out: '' })
    expect(other.err).toMatch(/it needs the payload key [0-9a-f]{16}, and this is [0-9a-f]{16}/)
  })

  it('says that there is none, and records nothing', async () => {
    const known = await acts()
    for (const id of [strangerId, '01a2078f-89fa-7297-bff4-68591e03396b']) {
      const { code, err } = await run([id, '--half', '2', '--reason', 'r'])
      expect([code, err]).toEqual([1, 'There is no such payload: none was kept, or it was erased.'])
    }
    expect(await acts()).toEqual(known)
  })

  it.each([
    "UPDATE sluice.message_log_payload SET ciphertext = ciphertext || '\\x00'",
    "UPDATE sluice.message_log_data_key SET wrapped_key = overlay(wrapped_key placing '\\xffff' from 9)",
    `UPDATE sluice.message_log_entry
        SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'payloadDigest":"', 'payloadDigest":"x'), 'UTF8')`,
    "UPDATE sluice.message_log_entry SET entry = '\\xff'",
  ])('writes nothing of a payload that was changed: %s', async (tamper) => {
    const { code, out, err } = await run([exchangeId, '--reason', 'r'], async () => {
      const real = await vault()
      const find: PayloadVault['find'] = async (place) => {
        await owner.query('BEGIN')
        await owner.query(tamper)
        const found = await findPayload(owner, place)
        await owner.query('ROLLBACK')
        return found
      }
      return { ...real, find }
    })
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^The payload was not opened: it/)
  })
})
