import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import 'reflect-metadata'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { FilledLog } from '../../test/support/filled-log.js'
import { readActs } from '../audit-log/audit-log.store.js'
import type { Config } from '../config/config.js'
import { Secret } from '../config/secrets.js'
import { dayAfter, dayOf } from '../log-archive/log-day.js'
import type { Retention } from '../log-archive/retention.js'
import { runCommandLine } from './command-line.js'

const today = dayOf(new Date())
const old = dayAfter(today, -40)
const next = dayAfter(old)
const payload = Buffer.from('{"fin":"5ABC123"}')

const config: { retention: Retention } = {
  evidence: { origin: 'sluice', formerLogKeyFiles: [] },
  retention: { payloadsDays: 30, services: {} },
} as never

let database: TestDatabase
let owner: pg.Client
let folder: string
let log: FilledLog

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  folder = await mkdtemp(join(tmpdir(), 'sluice-keeping-'))
  log = new FilledLog(owner)
  await log.add(FilledLog.day(old, 150, { payload }))
  await log.checkpoint()
})

afterAll(async () => {
  await owner.end()
  await database.stop()
  await rm(folder, { recursive: true })
})

async function sluice(...args: string[]) {
  const io = memoryIo({})
  const code = await runCommandLine(args, {
    io,
    place: () =>
      Promise.resolve({
        ...{ directory: folder, migrationUrl: undefined },
        databaseUrl: new Secret(database.ownerUrl),
      }),
    config: () => Promise.resolve(config as unknown as Config),
    writeNew: () => Promise.reject(new Error('writes no such file')),
    stop: () => new AbortController().signal,
    version: () => Promise.resolve('0'),
  })
  return { code, out: io.text, err: io.errors }
}

describe('what is kept, by commands', () => {
  it('a hold stops archive and erasure; lifted, payloads go, then days; the files verify', async () => {
    const set = await sluice(
      ...['log', 'hold', 'set', '--reason', 'Məhkəmə işi 12', '--actor', 'N. Əliyeva'],
      ...['--consumer', 'AZ/GOV/VN'],
    )
    expect(set).toMatchObject({ code: 0, err: '' })
    const holdId = /Hold (\S+) is set/.exec(set.out)?.[1] ?? ''
    expect((await sluice('log', 'hold', 'list')).out).toContain(
      'consumer AZ/GOV/VN  (Məhkəmə işi 12)',
    )

    const held = await sluice('log', 'archive', '--before', next, '--out', folder)
    expect(held.code).toBe(1)
    expect(held.err).toContain(`Refused (held): legal hold ${holdId} keeps exchange`)
    const kept = await sluice('log', 'erase', '--reason', 'retention')
    expect(kept).toMatchObject({ code: 0, out: 'Nothing to erase.' })
    expect(kept.err).toContain('a legal hold keeps the payloads of AZ/GOV/DIN/GCQ/finAxtaris/v1')

    expect(await sluice('log', 'hold', 'lift', holdId, '--reason', 'closed')).toMatchObject({
      code: 0,
    })
    expect(await sluice('log', 'hold', 'lift', holdId, '--reason', 'again')).toMatchObject({
      code: 1,
    })
    expect((await sluice('log', 'erase', '--reason', 'retention')).out).toContain(
      'Erased: 300 payloads.',
    )

    const archived = await sluice(
      ...['log', 'archive', '--before', next, '--out', folder, '--key', log.vkey],
    )
    expect(archived).toMatchObject({ code: 0, err: '' })
    expect(archived.out).toContain('300 entries, 0 payloads, verified')
    expect(await sluice('log', 'archive', '--before', next, '--out', folder)).toMatchObject({
      code: 0,
    })

    const acts = await readActs(owner, { limit: 10 })
    expect(acts.map(({ fields }) => [fields?.kind, fields?.reason])).toEqual([
      ['hold.set', 'Məhkəmə işi 12'],
      ['hold.lift', 'closed'],
      ['payload.erase', 'retention'],
      ['log.archive', undefined],
    ])
    expect(acts[0]?.fields).toMatchObject({ actor: 'N. Əliyeva', after: { consumer: 'AZ/GOV/VN' } })
  })

  it('payloads of archive files are erased with an act, and not before their time', async () => {
    const like = { payload, service: 'AZ/GOV/DIN/GCQ/finAxtaris/v2' }
    const other = new FilledLog(owner, 'domain/SENED')
    await other.add(FilledLog.day(next, 3, like))
    await other.checkpoint()
    const out = join(folder, 'second')
    await mkdir(out)
    const day = dayAfter(next)
    expect(await sluice('log', 'archive', '--before', day, '--out', out)).toMatchObject({
      ...{ code: 0, err: '' },
      out: expect.stringContaining('6 entries, 6 payloads') as unknown,
    })
    const [name = ''] = await readdir(out)
    const erase = ['log', 'erase', '--reason', 'retention', '--archive', join(out, name)]
    config.retention = { payloadsDays: 60, services: {} }
    expect(await sluice(...erase)).toMatchObject({
      code: 1,
      err: expect.stringContaining('Refused (retention-not-over)') as unknown,
    })
    config.retention = { payloadsDays: 30, services: {} }
    expect((await sluice(...erase)).out).toContain(': erased 6 payloads.')
    expect((await sluice(...erase)).out).toContain(': nothing to erase.')
    const verified = await sluice('log', 'archive', 'verify', join(out, name), '--key', other.vkey)
    expect(verified).toMatchObject({ code: 0 })
    const [act] = (await readActs(owner, { limit: 10 })).slice(-1)
    expect(act?.fields).toMatchObject({
      ...{ kind: 'archive.erase', reason: 'retention', after: { payloads: 6, file: name } },
      subject: 'archive file of domain/SENED from 0 up to 6',
    })
  })

  it('archive files verify with no database, and say in both languages what they prove', async () => {
    const [name = ''] = (await readdir(folder)).filter((each) => each.endsWith('.zip'))
    const file = join(folder, name)
    const verified = await sluice('log', 'archive', 'verify', file, '--key', log.vkey)
    expect(verified.code).toBe(0)
    expect(verified.out).toContain('300 yazı dəyişməyib')
    expect(verified.out).toContain('300 entries are unchanged')
    expect(verified.out).toContain('the checkpoint is signed by the published key')

    const byItsOwnWord = await sluice('log', 'archive', 'verify', file)
    expect(byItsOwnWord).toMatchObject({ code: 3, err: '' })
    expect(byItsOwnWord.out).toContain('checked by the key that the file states only')

    const other = new FilledLog(owner)
    const forged = await sluice('log', 'archive', 'verify', file, '--key', other.vkey)
    expect(forged).toMatchObject({ code: 1 })
    expect(forged.err).toContain('signature-missing')
    const bytes = await readFile(file)
    const changed = join(folder, 'changed.zip')
    await writeFile(changed, bytes.subarray(0, -1))
    const cut = await sluice('log', 'archive', 'verify', changed)
    expect(cut).toMatchObject({ code: 1 })
    expect(cut.err).toContain('az: Fayl ZIP arxivi deyil və ya tam deyil.')
    expect(await sluice('log', 'archive', 'verify', join(folder, 'none'))).toMatchObject({
      code: 2,
    })
  })

  it.each([
    [['log', 'archive'], 'Say before which day'],
    [['log', 'archive', '--before', '2026-02-30'], 'must be a day'],
    [['log', 'archive', '--before', next, '--key', 'x'], 'verifier key'],
    [['log', 'archive', 'verify'], 'Say which FILE'],
    [['log', 'erase'], 'Say why'],
    [['log', 'erase', '--reason', 'r', '--archive', 'x', '--before', next], 'without --before'],
    [['log', 'hold'], 'Say set, lift or list'],
    [['log', 'hold', 'set', '--reason', 'r'], 'Say what is to be held'],
    [['log', 'hold', 'set', '--reason', 'r', '--exchange', 'x'], 'a UUID'],
    [['log', 'hold', 'set', '--reason', 'r', '--from', next, '--to', old], 'not be after'],
    [['log', 'hold', 'lift', '--reason', 'r'], 'Give one HOLD_ID'],
    [
      ['log', 'nothing'],
      'Say log show, search, acts, payload, key, verify, archive, erase or hold',
    ],
  ])('%j is called wrongly', async (args, reason) => {
    const { code, err } = await sluice(...args)
    expect({ code, says: err.includes(reason), err }).toEqual({ code: 2, says: true, err })
  })
})
