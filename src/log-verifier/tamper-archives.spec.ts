import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import pg from 'pg'
import { ArchivedLogs } from '../../test/support/archived-logs.js'
import { changedByte, TamperedLogs } from '../../test/support/tampering.js'
import type { Defect } from './defect.js'

const log = 'domain/PORTAL'
let sample: ArchivedLogs
let logs: TamperedLogs
let folder: string
let builtAt: Date

beforeAll(async () => {
  sample = await ArchivedLogs.start()
  await sample.hold()
  await sample.write(300)
  await sample.archive()
  await sample.write(50)
  await sample.erase()
  await sample.owner.end()
  builtAt = new Date()
  logs = new TamperedLogs(sample.database, 'postgres')
  folder = await mkdtemp(join(tmpdir(), 'sluice-tampered-'))
}, 240_000)

afterAll(async () => {
  await sample.stop()
  await rm(folder, { recursive: true })
})

/** What is found after these statements, each of which must change something. */
async function defectsAfter(
  statements: readonly string[],
  archives: readonly string[] = sample.files,
): Promise<readonly Defect[]> {
  const tamper = async (owner: pg.Client): Promise<void> => {
    for (const statement of statements) {
      const { rowCount } = await owner.query(statement)
      if (rowCount === 0) throw new Error(`nothing was changed by ${statement}`)
    }
  }
  const options = { logKeys: sample.logKeys, archives, now: () => builtAt }
  return (await logs.verdictAfter(tamper, options)).defects
}

async function columnsOf(
  table: string,
): Promise<{ readonly name: string; readonly type: string }[]> {
  const owner = new pg.Client(sample.database.ownerUrl)
  await owner.connect()
  const { rows } = await owner.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'sluice' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  )
  await owner.end()
  return rows
}

it('finds nothing where nobody touched anything', async () => {
  expect(await defectsAfter([])).toEqual([])
  expect(await defectsAfter([], [])).toEqual([])
})

describe('a row that says what is kept', () => {
  it.each([
    ['log_archive', `log = '${log}' AND from_index = 0`],
    ['log_archive', `log = '${log}' AND from_index = 300`],
    ['payload_erasure', 'true'],
    ['legal_hold', 'NOT is_lift'],
    ['legal_hold', 'is_lift'],
  ])(
    'is found after a byte changed in any column of %s, %s',
    async (table, where) => {
      for (const { name, type } of await columnsOf(table)) {
        // What is null in the end of a hold has no byte.
        const change = `UPDATE sluice.${table} SET ${name} = ${changedByte(name, type)} WHERE ${where}`
        const isNull =
          where === 'is_lift' && /^(exchange_id|service|consumer|domain|.*_day)$/.test(name)
        if (isNull) continue
        const noKey = `ALTER TABLE sluice.${table} DROP CONSTRAINT ${table}_pkey`
        const defects = await defectsAfter([noKey, change], [])
        expect([name, defects.some((each) => each.table === table)]).toEqual([name, true])
      }
    },
    240_000,
  )

  it.each([
    ['log_archive', 'from_index = 300', 'archive-record-missing'],
    ['payload_erasure', 'true', 'erasure-record-missing'],
    ['legal_hold', 'is_lift', 'hold-record-missing'],
  ])('is missed in %s', async (table, where, finding) => {
    const found = await defectsAfter([`DELETE FROM sluice.${table} WHERE ${where}`], [])
    const index = table === 'log_archive' ? 300 : undefined
    expect(found).toMatchObject([{ kind: 'missing', table, finding, index }])
  })

  it('cannot claim what no act answers for', async () => {
    const claim = (from: number): string => `INSERT INTO sluice.log_archive
      SELECT log, ${from}, ${from} + 20, file_name, digest, root_hash, checkpoint_size, archived_at,
             (SELECT act_id FROM sluice.audit_log_entry WHERE kind = 'registry.apply' LIMIT 1)
        FROM sluice.log_archive WHERE from_index = 0`
    const gone = (from: number): string => `DELETE FROM sluice.message_log_entry AS e
      USING sluice.log_sequence AS s WHERE s.log = '${log}' AND s.entry_id = e.exchange_id
        AND s.part = e.half AND s.index >= ${from} AND s.index < ${from} + 20`
    const found = await defectsAfter([claim(620), gone(620)], [])
    expect(found).toContainEqual(
      expect.objectContaining({ finding: 'archive-unanswered', log, index: 620 }),
    )
    expect(found).toContainEqual(
      expect.objectContaining({
        finding: 'entry-missing',
        log,
        index: 620,
        details: { count: 20 },
      }),
    )
  })
})

it('misses entries that stay for a tile, though they are in files', async () => {
  const sql = `DELETE FROM sluice.message_log_entry AS e USING sluice.log_sequence AS s
    WHERE s.log = '${log}' AND s.entry_id = e.exchange_id AND s.part = e.half AND s.index = 520`
  expect(await defectsAfter([sql])).toContainEqual(
    expect.objectContaining({ finding: 'archive-unproved', log, index: 520 }),
  )
})

it('finds a payload that was taken outside of what was erased', async () => {
  const sql = `UPDATE sluice.audit_log_entry SET kind = 'registry.apply' WHERE kind = 'payload.erase'`
  const found = await defectsAfter([sql], [])
  expect(found.filter(({ finding }) => finding === 'payload-missing')).toHaveLength(700 - 512)
  expect(found).toContainEqual(expect.objectContaining({ finding: 'erasure-unanswered' }))
})

describe('an archive file', () => {
  it('that was changed is named, with the place', async () => {
    const [path = ''] = sample.files
    const bytes = await readFile(path)
    const changed = join(folder, basename(path))
    for (const name of ['entries/0000000000000256', 'payloads/0000000000000000', 'manifest.json']) {
      const copy = Buffer.from(bytes)
      // Its content follows its name, where that stands for the first time.
      const at = copy.indexOf(name) + name.length + 40
      copy[at] = (copy[at] ?? 0) ^ 1
      await writeFile(changed, copy)
      const [first, ...others] = await defectsAfter([], [changed])
      expect(others).toEqual([])
      const index = /\d+$/.exec(name)?.[0]
      expect(first).toMatchObject({
        ...{ kind: 'changed', finding: 'archive-file', table: 'archive_file' },
        row: expect.stringContaining(basename(path)) as unknown,
        index: index === undefined ? undefined : Number(index),
      })
    }
  })

  it('of another log, or of a record that is gone, is not the one that is named', async () => {
    const other = await ArchivedLogs.start()
    try {
      await other.write(150)
      await other.archive()
      const [foreign = ''] = other.files
      const copy = join(folder, 'foreign.zip')
      await copyFile(foreign, copy)
      const found = await defectsAfter([], [copy])
      expect(found).toContainEqual(
        expect.objectContaining({
          table: 'archive_file',
          row: expect.stringContaining('foreign.zip'),
        }),
      )
    } finally {
      await other.stop()
    }
    const deleted = `DELETE FROM sluice.log_archive WHERE from_index = 300`
    expect(await defectsAfter([deleted])).toContainEqual(
      expect.objectContaining({ finding: 'archive-file-unknown', log, index: 300 }),
    )
  }, 60_000)
})
