import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ArchivedLogs } from '../../test/support/archived-logs.js'
import { verify } from '../../test/support/tampering.js'
import { readMembers, writeMembers } from '../../test/support/zip-members.js'
import { verifyArchive } from '../archive-reader/verify-archive.js'
import type { ActKind } from '../audit-log/act.js'
import { readActs, recordAct } from '../audit-log/audit-log.store.js'
import type { Defect } from '../log-verifier/defect.js'
import { liftHold, setHold } from './change-holds.store.js'
import { keeps, type HeldEntry } from './hold-match.js'
import type { HoldScope, LegalHold } from './legal-hold.store.js'
import { dayAfter, dayOf, firstIdOf, startOf } from './log-day.js'

let sample: ArchivedLogs
let folder: string
let path: string

beforeAll(async () => {
  sample = await ArchivedLogs.start()
  await sample.write(300)
  await sample.archive(300)
}, 120_000)

afterAll(() => sample.stop())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-erased-'))
  const [original = ''] = sample.files
  path = join(folder, basename(original))
  await copyFile(original, path)
})

afterEach(() => rm(folder, { recursive: true }))

/** What is wrong, but for the holds of the test, whose acts say little. */
async function defects(): Promise<readonly Defect[]> {
  const { logKeys, database } = sample
  const { defects: found } = await verify(database.auditorUrl, { logKeys, archives: [path] })
  return found.filter(({ table }) => table !== 'legal_hold')
}

async function erasureActs(): Promise<unknown[]> {
  const acts = await readActs(sample.owner, { limit: 1_000 })
  return acts.flatMap(({ fields }) => (fields?.kind === 'archive.erase' ? [fields.after] : []))
}

/** What any ZIP tool does. */
async function takeOut(wanted: (name: string) => boolean): Promise<void> {
  await writeMembers(
    path,
    [...(await readMembers(path))].filter(([name]) => !wanted(name)),
  )
}

const actOf =
  (kind: ActKind) =>
  async (client: Parameters<typeof recordAct>[0], { holdId }: LegalHold): Promise<string> =>
    (await recordAct(client, { kind, actor: 'test', subject: `hold ${holdId}` })).actId

describe('payloads of an archive file', () => {
  it('that were just taken out are missed, until an act answers for them', async () => {
    expect(await defects()).toEqual([])
    await takeOut((name) => name === 'payloads/0000000000000256')
    // The file alone cannot tell.
    expect(await verifyArchive(path)).toMatchObject({ payloads: { erasedParts: 1 } })
    const [missing, ...others] = await defects()
    expect(others).toEqual([])
    expect(missing).toMatchObject({
      ...{ kind: 'missing', finding: 'archive-payloads-missing', table: 'archive_file' },
      ...{ log: 'domain/PORTAL', index: 256, row: basename(path), details: { count: 1 } },
    })
  }, 60_000)

  it('stay before the last is over its retention, under a hold, of a foreign file, without the act', async () => {
    const before = await readFile(path)
    for (const retention of [
      { payloadsDays: 1, services: {} },
      { payloadsDays: 0, services: { 'AZ/GOV/DIN/GCQ/finAxtaris': 10 } },
    ]) {
      await expect(sample.eraseArchived(path, { retention })).rejects.toMatchObject({
        reason: 'retention-not-over',
      })
    }
    const now = new Date()
    const scope = { consumer: 'AZ/GOV/VN', domain: 'PORTAL', toDay: dayOf(now) }
    const { holdId } = await setHold(sample.owner, { scope, reason: 'r', now }, actOf('hold.set'))
    await expect(sample.eraseArchived(path)).rejects.toMatchObject({
      reason: 'held',
      message: expect.stringContaining(holdId) as unknown,
    })
    await liftHold(sample.owner, { holdId, reason: 'r', now }, actOf('hold.lift'))

    await sample.owner.query('BEGIN; UPDATE sluice.log_archive SET digest = sha256(digest)')
    await expect(sample.eraseArchived(path)).rejects.toMatchObject({ reason: 'not-recorded' })
    await sample.owner.query('ROLLBACK')

    const failing = (): Promise<string> => Promise.reject(new Error('no act'))
    await expect(sample.eraseArchived(path, { recordAct: failing })).rejects.toThrow('no act')
    expect(await readFile(path)).toEqual(before)
    expect(await readdir(folder)).toEqual([basename(path)])
    expect(await erasureActs()).toEqual([])
  }, 60_000)

  it('go with an act, once; the file is the same one, verifies, and nothing is missed', async () => {
    const { digest, manifest } = await verifyArchive(path)
    const erased = await sample.eraseArchived(path)
    expect(erased).toMatchObject({ log: 'domain/PORTAL', from: 0, to: 300, digest, payloads: 300 })
    expect(await readdir(folder)).toEqual([basename(path)])
    expect(await verifyArchive(path)).toMatchObject({
      ...{ digest, manifest, entries: 300 },
      payloads: { named: 300, held: 0, erasedParts: 3, erasedFrom: 0 },
    })
    expect(await sample.eraseArchived(path)).toBeUndefined()
    expect(await erasureActs()).toMatchObject([{ digest, payloads: 300, partsGoneBefore: 0 }])
    expect(await defects()).toEqual([])
    // What the act answers for, it answers for in a copy of the file, too, whole or in part.
    await copyFile(sample.files[0] ?? '', path)
    expect(await defects()).toEqual([])
    await takeOut((name) => name === 'payloads/0000000000000000')
    expect(await defects()).toEqual([])
  }, 60_000)

  it('that had been taken out without an act get one, which says so', async () => {
    const [, other = ''] = sample.files
    await copyFile(other, path)
    await takeOut((name) => name.startsWith('payloads/'))
    expect(await defects()).toMatchObject([{ finding: 'archive-payloads-missing', index: 300 }])
    expect(await sample.eraseArchived(path)).toMatchObject({ payloads: 0, partsGoneBefore: 3 })
    expect(await sample.eraseArchived(path)).toBeUndefined()
    expect(await defects()).toEqual([])
  }, 60_000)
})

const day = '2026-03-01'
const entry: HeldEntry = {
  ...{ id: firstIdOf(startOf(day)), service: 'AZ/GOV/DIN/GCQ/fin/v1' },
  ...{ consumer: 'AZ/GOV/VN/VSDS', domain: 'PORTAL' },
}

it.each<[HoldScope, boolean]>([
  [{}, true],
  [{ exchangeId: entry.id, service: 'AZ/GOV/DIN', consumer: 'AZ/GOV/VN', domain: 'PORTAL' }, true],
  [{ fromDay: day, toDay: day }, true],
  [{ service: entry.service }, true],
  [{ service: 'AZ/GOV/DI' }, false],
  [{ consumer: 'AZ/GOV/VN/VSD' }, false],
  [{ domain: 'SENED' }, false],
  [{ exchangeId: '01950000-0000-7000-8000-000000000000' }, false],
  [{ fromDay: dayAfter(day) }, false],
  [{ toDay: dayAfter(day, -1) }, false],
])('a hold of %j keeps an entry in a file: %p', (scope, isKept) => {
  expect(keeps(scope, entry)).toBe(isKept)
})
