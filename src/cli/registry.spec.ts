import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import 'reflect-metadata'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { makeSampleFiles, sampleDeclaration } from '../../test/support/declaration-samples.js'
import { readActs, recordActs, type StoredAct } from '../audit-log/audit-log.store.js'
import { createPool } from '../database/connection.js'
import { RegistryStore } from '../registry/registry.store.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import type { Author } from './author.js'
import { registryActs } from '../registry-acts.js'
import { registryCommand, type Access, type OpenRegistry } from './registry.js'

let database: TestDatabase
let folder: string
let file: string

beforeAll(async () => {
  database = await startTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'sluice registry-'))
  for (const [name, bytes] of await makeSampleFiles()) await writeFile(join(folder, name), bytes)
  file = await declare('bus.yaml', sampleDeclaration)
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await database.stop()
})

async function declare(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

function openStore(_access: Access, author: Author): Promise<OpenRegistry> {
  const pool = createPool({
    url: database.ownerUrl,
    role: 'owner',
    applicationName: 'test',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
    connectionsMax: 2,
    idleTimeoutMs: 1_000,
  })
  return Promise.resolve({
    store: new RegistryStore(pool, async (client, changes) => {
      await recordActs(client, registryActs(changes, author))
    }),
    revocationLists: new RevocationListStore(pool),
    readRevocationList: () => ({
      issuerKey: 'k',
      thisUpdate: new Date('2026-01-01'),
      nextUpdate: undefined,
      number: '1',
    }),
    close: () => pool.end(),
  })
}

async function acts(): Promise<StoredAct[]> {
  const client = new pg.Client(database.auditorUrl)
  await client.connect()
  try {
    return await readActs(client, { limit: 1_000 })
  } finally {
    await client.end()
  }
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const io = {
    out: (line: string) => void (out += `${line}\n`),
    err: (line: string) => void (err += `${line}\n`),
  }
  const code = await registryCommand(args, io, openStore)
  return { code, out, err }
}

describe('sluice registry', () => {
  it('says beforehand what it would do, and does nothing', async () => {
    const { code, out } = await run('apply', file, '--dry-run')
    expect(code).toBe(0)
    expect(out).toContain('+ service AZ/GOV/VN/VERGI/voenTap/v1\n')
    expect(out).toMatch(/\+ access right AR-\w+ \(AZ\/GOV\/DIM\/PORTAL → AZ\/GOV\/VN\/VERGI/)
    // Field by field: where it will be asked, for how long, how much.
    for (const field of [
      'address: http://10.1.2.3:9101/voen',
      'modes: user, body',
      'default: true',
      'limits.timeLimitMs: 5000',
      'limits.replyBytesMax: 10485760',
      'legalBasis: Vergi Məcəlləsi, maddə 30',
      'until: 2027-01-01',
      'revocation: crl',
    ]) {
      expect(out).toContain(`\n    ${field}\n`)
    }
    expect(out).not.toMatch(/ {4}(id|der|code):/)
    expect(out).toContain('Dry run, nothing was written: 10 added, 0 changed, 0 unchanged.\n')
    expect((await run('export')).out).toBe('{}\n')
  })

  it('applies, then finds nothing to change and leaves the generation', async () => {
    const first = await run('apply', file, '--json')
    const before = JSON.parse(first.out) as { generation: number; revocationLists: object[] }
    expect(first.code).toBe(0)
    expect(before).toMatchObject({ written: true, unchanged: 0, problems: [] })
    expect(before.revocationLists).toMatchObject([{ authority: 'Kök', outcome: 'kept' }])
    const { generation } = JSON.parse((await run('apply', file, '--json')).out) as typeof before
    const again = await run('apply', file)
    expect(again).toMatchObject({
      code: 0,
      out: `Nothing to change: 0 added, 0 changed, 10 unchanged. Generation ${generation}.\n`,
    })
  })

  it('exports what applies to the same registry without a change', async () => {
    const exported = await declare('exported.yaml', (await run('export')).out)
    const { code, out } = await run('apply', exported)
    expect([code, out]).toEqual([0, expect.stringContaining('0 added, 0 changed, 10 unchanged')])
  })

  it('shows a change field by field', async () => {
    const changed = sampleDeclaration.replace('timeLimitMs: 5000', 'timeLimitMs: 6000')
    const { out } = await run('apply', await declare('changed.yaml', changed))
    expect(out).toContain(
      '~ service AZ/GOV/VN/VERGI/voenTap/v1\n    limits.timeLimitMs: 5000 → 6000\n',
    )
  })

  it('refuses all of several files for one mistake, which it names', async () => {
    const good = await declare('good.yaml', 'instance: AZ\ndomains: [{ code: SENED }]\n')
    const bad = await declare('bad.yaml', 'instance: AZ\ndomain: []\n')
    const { code, out, err } = await run('apply', good, bad)
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `${bad}:2:1 domain: is not a known field. ` +
        'Known here: instance, domains, authorities, members, accessRights, resources, personalData.\n' +
        'Nothing was changed: 1 problem.\n',
    )
    expect((await run('export')).out).not.toContain('SENED')
  })

  it('warns of a revocation list that cannot be had, and applies', async () => {
    const text = sampleDeclaration.replace('crl: root.crl', 'crl: missing.crl')
    const { code, err } = await run('apply', await declare('no-crl.yaml', text))
    expect(code).toBe(0)
    expect(err).toMatch(/warning: no revocation list of Kök: .*ENOENT/)
  })

  it.each<[string[], string]>([
    [[], 'Say apply or export.'],
    [['apply'], 'apply needs a FILE.'],
    [['export', 'x'], 'export takes no files and no options.'],
    [['remove', 'x'], '"remove" is neither apply nor export.'],
    [['apply', 'x', '--force'], "Unknown option '--force'"],
  ])('%j is wrong use, and it says why', async (args, reason) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err.startsWith(reason)).toBe(true)
    expect(err).toContain('\n\nUsage: sluice registry apply')
  })

  describe('in the audit log (R-129)', () => {
    const party = (status: string): string => `instance: AZ
members:
  - class: GOV
    code: YENI
    name: { az: Yeni, en: New }
    status: ${status}
    subsystems: [{ code: S, domain: PORTAL, name: { az: S, en: S } }]
accessRights:
  - { id: AR-yeni, consumer: AZ/GOV/YENI/S, service: AZ/GOV/VN/VERGI/voenTap/v1,
      legalBasis: Qərar 1, purpose: yoxlama, from: 2026-01-01, modes: [body] }
`

    it('has who created a participant, granted and suspended, with before and after', async () => {
      const known = (await acts()).length
      await run('apply', await declare('new.yaml', party('active')), '--actor', 'A. Həsənov')
      const [file, reason] = [await declare('off.yaml', party('suspended')), 'Sərəncam 7']
      await run('apply', file, '--actor', 'N. Əliyeva', '--reason', reason)
      const [member, , right, suspended, ...others] = (await acts()).slice(known)
      expect(member?.isIntact).toBe(true)
      expect(member?.fields).toMatchObject({
        kind: 'registry.apply',
        actor: 'A. Həsənov',
        account: userInfo().username,
        subject: 'member AZ/GOV/YENI',
        after: { id: 'AZ/GOV/YENI', status: 'active' },
      })
      expect(member?.fields).not.toHaveProperty('before')
      expect(right?.fields).toMatchObject({
        subject: 'access right AR-yeni',
        after: { consumer: 'AZ/GOV/YENI/S', from: '2025-12-31T20:00:00.000Z', modes: ['body'] },
      })
      expect(suspended?.fields).toMatchObject({
        actor: 'N. Əliyeva',
        reason: 'Sərəncam 7',
        subject: 'member AZ/GOV/YENI',
        before: { status: 'active', name: { az: 'Yeni', en: 'New' } },
        after: { status: 'suspended', name: { az: 'Yeni', en: 'New' } },
      })
      expect(others).toEqual([])
    })

    it('has nothing where nothing was changed', async () => {
      await run('apply', file)
      const before = await acts()
      await run('apply', file)
      await run('apply', await declare('more.yaml', party('active')), '--dry-run')
      await run('apply', await declare('wrong.yaml', 'instance: XX'))
      expect(await acts()).toEqual(before)
    })

    it('is written with the change or neither is', async () => {
      const [code, before] = ['SENED', await acts()]
      const domain = await declare('domain.yaml', `instance: AZ\ndomains: [{ code: ${code} }]\n`)
      const { code: exitCode, err } = await run('apply', domain, '--actor', 'x'.repeat(201))
      expect([exitCode, err]).toEqual([1, expect.stringContaining('actor has at most 200')])
      expect((await run('export')).out).not.toContain(code)
      expect(await acts()).toEqual(before)
    })
  })

  it('fails without its database', async () => {
    let err = ''
    const io = { out: () => undefined, err: (line: string) => void (err += `${line}\n`) }
    const refuse = (): Promise<OpenRegistry> => Promise.reject(new Error('no route'))
    expect(await registryCommand(['export'], io, refuse)).toBe(1)
    expect(err).toBe('The registry could not be reached or changed: no route\n')
  })
})
