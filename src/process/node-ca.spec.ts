import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  adminPool,
  openTestCa,
  registerParties,
  type TestCa,
} from '../../test/support/issuing-ca.js'
import { until } from '../../test/support/message-log.js'
import { makeAuthority } from '../../test/support/pki.js'
import { sampleSubsystem, taxId } from '../../test/support/registry-samples.js'
import { ExpiryWatch } from '../ca/expiry-notices.js'
import { caCommand } from '../cli/ca.js'
import type { Config } from '../config/config.js'
import { Secret } from '../config/secrets.js'
import { noticeText } from '../notice/notice.js'
import { listNotices, writeNotices } from '../notice/notice.store.js'
import { issueIntermediate } from '../trust/issuing/issue-certificate.js'
import { NodeCa } from './node-ca.js'

const publicUrl = 'http://pki.example.az'

let database: TestDatabase
let test: TestCa

beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database, { publicUrl })
})

afterAll(async () => {
  await test.close()
  await database.stop()
})

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const io = {
    out: (line: string) => (said.out += `${line}\n`),
    err: (line: string) => (said.err += `${line}\n`),
    readFile: async (path: string) => (await import('node:fs/promises')).readFile(path),
  }
  const code = await caCommand(args, io, {
    config: () => Promise.resolve({ ca: test.config } as Config),
    openPool: () => {
      const pool = adminPool(database)
      return Promise.resolve({ pool, close: () => pool.end() })
    },
  })
  return { code, ...said }
}

describe('the CA of a node', () => {
  it('waits for the registry, then has its certificate, and the registry its list', async () => {
    const [adminUrl, jobsUrl] = [new Secret(database.adminUrl), new Secret(database.jobsUrl)]
    expect(await run('init')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/still empty/) as unknown,
    })
    await registerParties(test.pool)
    const log = pino({ level: 'silent' })
    const node = await NodeCa.open({ config: test.config, adminUrl, jobsUrl, log })
    await until(async () => {
      const { rows } = await test.pool.query('SELECT FROM sluice.revocation_list')
      return rows.length === 1
    })
    expect(node.checks()).toEqual([])
    await node.close()
  })

  it('is shown by the command, with its list', async () => {
    expect(await run('init')).toMatchObject({ code: 0, out: 'The CA has one already.\n' })
    expect(await run('show')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/BEGIN CERTIFICATE[^]*Sınaq CA/) as unknown,
    })
    expect(await run('crl')).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^Number 1, 0 entries/) as unknown,
    })
    expect(await run('sell')).toMatchObject({ code: 2 })
  })

  it('takes a certificate of a root elsewhere for its own key, and for no other', async () => {
    expect((await run('request')).out).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/)
    const root = await makeAuthority('Oflayn kök')
    const [now, file] = [Date.now(), join(test.folder, 'signed.pem')]
    const subject = [['CN', 'Sınaq CA']] as const
    const terms = {
      subject,
      notBefore: new Date(now - 60_000),
      notAfter: new Date(now + 86_400_000),
    }
    const wrong = await root.subordinate('Başqa')
    await writeFile(file, wrong.pem)
    expect(await run('install', file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/another key/) as unknown,
    })
    const { pem } = await issueIntermediate(terms, test.ca.key.publicKey, root, 0)
    await writeFile(file, pem)
    expect(await run('install', file, '--reason', 'Kök mərasimi')).toMatchObject({ code: 0 })
    const { rows } = await test.pool.query('SELECT role FROM sluice.authority')
    expect(rows).toEqual([{ role: 'intermediate' }])
    await rm(file)
  })

  it('tells holders once 60, 30, 14, 7 and 1 days before a certificate ends, in both languages', async () => {
    const root = await makeAuthority('Kök')
    const notAfter = new Date(Date.now() + 100 * 86_400_000)
    const { der, thumbprint } = await root.issue({ notAfter })
    const watch = new ExpiryWatch()
    const certificate = { der, thumbprint, subsystem: taxId, status: 'active' as const }
    const told: unknown[] = []
    for (let left = 100; left >= -1; left -= 0.5) {
      const now = new Date(notAfter.getTime() - left * 86_400_000)
      const due = watch.due([certificate], (id) => sampleSubsystem(id), now)
      if ((await writeNotices(test.pool, due)) > 0) told.push(due[0]?.data['days'])
    }
    expect(told).toEqual([60, 30, 14, 7, 1])
    const recipient = { members: ['AZ/GOV/VN'], roles: [] }
    const notices = await listNotices(test.pool, recipient, { unread: true, limit: 10 })
    expect(notices).toHaveLength(5)
    const { az, en } = noticeText(notices[4]!)
    expect(az).toMatch(
      /^AZ\/GOV\/VN\/VERGI sisteminin sertifikatının .* müddəti .* bitir, buna ən çoxu 1 gün qalıb\. Vaxtında yenisini alın\.$/,
    )
    expect(en).toMatch(/ends on \d{4}-\d\d-\d\d, within 1 day\. Renew it in time\.$/)
  })
})
