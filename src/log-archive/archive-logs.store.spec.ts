import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { v7 } from 'uuid'
import { ArchiveDays, daysAgo, today } from '../../test/support/archive-days.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { FilledLog } from '../../test/support/filled-log.js'
import { readVerifierKey } from '../archive-reader/signed-note.js'
import { joinArchives } from '../archive-reader/verify-chain.js'
import { verifyArchive } from '../archive-reader/verify-archive.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { rootOf, verifyConsistency } from '../tlog/merkle.js'
import { dayAfter, firstIdOf, startOf } from './log-day.js'

let database: TestDatabase
let days: ArchiveDays
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

beforeEach(async () => {
  days = await ArchiveDays.start(database)
  ;({ owner } = days)
})

afterEach(() => days.stop())

describe('days that are over', () => {
  it('go to a file that verifies alone, and out of the database', async () => {
    const log = new FilledLog(owner)
    await log.add(FilledLog.day(daysAgo(4), 200, { payload: Buffer.from('{"ad":"Aygün"}') }))
    await log.add(FilledLog.day(daysAgo(1), 3))
    const { root } = await log.checkpoint()

    const summary = await days.archive(daysAgo(2))

    const [verdict] = await days.verify(summary)
    expect(verdict).toMatchObject({
      entries: 400,
      payloads: { named: 400, held: 400, erasedParts: 0 },
      manifest: {
        start: { size: 0 },
        end: { size: 400 },
        checkpoint: { size: 406, root: root.toString('base64') },
        previous: null,
      },
    })
    expect(summary?.partitions).toContain(`message_log_entry_${daysAgo(4).replaceAll('-', '')}`)
    // 6 entries of yesterday, and those of the tile that is not full: the tree goes on from them.
    expect(await days.count('message_log_entry')).toBe(6 + 400 - 256)
    expect(await days.count('message_log_payload')).toBe(400 - 256)
    expect(await days.count('log_sequence')).toBe(6 + 400 - 256)
    expect(await rootOf(406, new LogTreeStore(owner).hashesOf('domain/PORTAL', 406))).toEqual(root)
    expect(await readdir(days.folder)).toEqual([summary?.files[0]?.fileName])
  })

  it('make one file after the other, which join', async () => {
    const log = new FilledLog(owner)
    await log.add(FilledLog.day(daysAgo(4), 150))
    await log.add(FilledLog.day(daysAgo(3), 150))
    await log.checkpoint()
    const first = await days.archive(daysAgo(3))
    await log.add(FilledLog.day(daysAgo(2), 150))
    await log.checkpoint()
    const second = await days.archive(daysAgo(1), { fileEntriesMax: 400 })
    expect(await days.archive(daysAgo(1))).toBeUndefined()

    const key = readVerifierKey(log.vkey)!
    const files = [...(first?.files ?? []), ...(second?.files ?? [])]
    const verdicts = await Promise.all(
      files.map(({ fileName }) => verifyArchive(join(days.folder, fileName), { keys: [key] })),
    )
    expect(verdicts.map(({ manifest }) => [manifest.start.size, manifest.end.size])).toEqual([
      ...[
        [0, 300],
        [300, 700],
        [700, 900],
      ],
    ])
    expect(joinArchives(verdicts.toReversed())).toEqual([
      {
        origin: 'sluice/domain/PORTAL',
        log: 'domain/PORTAL',
        from: 0,
        to: 900,
        root: (await log.rootAt(900)).toString('base64'),
        digest: verdicts[2]?.digest,
        files: 3,
      },
    ])
    const { rows } = await owner.query(
      'SELECT from_index, to_index, digest FROM sluice.log_archive ORDER BY from_index',
    )
    expect(rows).toEqual(
      verdicts.map(({ manifest, digest }) => ({
        from_index: String(manifest.start.size),
        to_index: String(manifest.end.size),
        digest: Buffer.from(digest, 'base64'),
      })),
    )
    expect(await days.count('message_log_entry')).toBe(900 - 768)
  })
})

describe('what stays', () => {
  it('the last tile of a quiet log stays in the database until it is full, and lies in files too', async () => {
    const quiet = new FilledLog(owner, 'domain/SENED')
    await quiet.add(FilledLog.day(daysAgo(5), 5))
    await quiet.checkpoint()
    const first = await days.archive(daysAgo(4))
    expect(first?.files.map(({ from, to }) => [from, to])).toEqual([[0, 10]])
    expect(await days.count('message_log_entry_default')).toBe(10)
    await quiet.add(FilledLog.day(daysAgo(4), 200))
    await quiet.checkpoint()
    const second = await days.archive(daysAgo(3))
    expect(second?.files.map(({ from, to }) => [from, to])).toEqual([[10, 410]])
    expect(await days.count('message_log_entry')).toBe(410 - 256)
    expect(
      joinArchives([...(await days.verify(first)), ...(await days.verify(second))])[0]?.to,
    ).toBe(410)
  })

  it('the log goes on growing where its tree was archived', async () => {
    const log = new FilledLog(owner)
    await log.add(FilledLog.day(daysAgo(4), 700))
    await log.checkpoint()
    await days.archive(daysAgo(3))
    await log.add(FilledLog.day(today, 300))
    const { size, root } = await log.checkpoint()
    const trees = new LogTreeStore(owner)
    expect(await rootOf(size, trees.hashesOf('domain/PORTAL', size))).toEqual(root)
    const proof = await trees.consistencyProof('domain/PORTAL', 1_400, size)
    const older = { from: 1_400, fromRoot: await log.rootAt(1_400) }
    expect(() => verifyConsistency({ ...older, size, root, proof })).not.toThrow()
  })

  it('exchanges around midnight go with their day, wherever they are in the log', async () => {
    const log = new FilledLog(owner)
    const id = (time: string): string => v7({ msecs: Date.parse(time) })
    const late = id(`${daysAgo(4)}T23:59:59.999Z`)
    const early = id(`${daysAgo(3)}T00:00:00.000Z`)
    const at = new Date()
    await log.add([
      { at, exchangeId: early },
      { at, exchangeId: late },
    ])
    await log.add(FilledLog.day(daysAgo(3), 150))
    await log.checkpoint()
    const summary = await days.archive(daysAgo(3))
    // The early exchange of the next day has its place before the late one.
    expect(summary?.files.map(({ from, to }) => [from, to])).toEqual([[0, 4]])
    expect(await days.count(`message_log_entry WHERE exchange_id = '${early}'`)).toBe(2)
    expect(await days.count(`message_log_entry WHERE exchange_id = '${late}'`)).toBe(0)
    const next = await days.archive(daysAgo(2))
    expect(next?.files.map(({ from, to }) => [from, to])).toEqual([[4, 304]])
    expect(await days.count(`message_log_entry WHERE exchange_id = '${early}'`)).toBe(0)
  })

  it('what a clock that jumped brought goes from the default partition', async () => {
    const log = new FilledLog(owner)
    await days.archive(daysAgo(3))
    await log.add(FilledLog.day('2001-01-01', 2))
    await log.add(FilledLog.day('2099-01-01', 2))
    await log.add(FilledLog.day(daysAgo(3), 150))
    await log.checkpoint()
    expect(await days.count('message_log_entry_default')).toBe(8)
    const summary = await days.archive(daysAgo(2))
    expect(summary?.files.map(({ from, to }) => [from, to])).toEqual([[0, 308]])
    expect(
      await days.count(
        "message_log_entry WHERE exchange_id < '01000000-0000-0000-0000-000000000000'",
      ),
    ).toBe(0)
    expect(await days.count('message_log_entry')).toBe(4 + 308 - 256)
  })
})

it('of the first partition nothing goes before its last day', async () => {
  await days.clear()
  const first = dayAfter(today, 2)
  for (const table of ['message_log_entry', 'message_log_payload', 'exchange_search']) {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent = 'sluice.${table}'::regclass AND inhrelid::regclass::text NOT LIKE '%default'`,
    )
    await owner.query(`DROP TABLE ${rows.map(({ name }) => name).join(', ')}`)
    await owner.query(
      `CREATE TABLE sluice.${table}_first PARTITION OF sluice.${table}
         FOR VALUES FROM (MINVALUE) TO ('${firstIdOf(startOf(first))}')`,
    )
  }
  const log = new FilledLog(owner)
  await log.add(FilledLog.day(daysAgo(400), 150))
  await log.checkpoint()
  const lines: string[] = []
  expect(await days.archive(daysAgo(399), { tell: (line) => lines.push(line) })).toBeUndefined()
  expect(lines).toEqual([
    `the oldest partition has all days before ${first}, and goes with the last of them`,
  ])
  const later = () => new Date(startOf(first).getTime() + 3_600_000)
  const summary = await days.archive(first, { now: later })
  expect(summary?.partitions).toEqual([
    'exchange_search_first',
    'message_log_entry_first',
    'message_log_payload_first',
  ])
  expect(await days.count('message_log_entry')).toBe(300 - 256)
})
