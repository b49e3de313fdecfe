import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import {
  defectsAfter,
  exchanges,
  isActAt,
  isAt,
  isRequestAt,
  log,
  size,
  startSampleLogs,
  type SampleLogs,
} from '../../test/support/sample-logs.js'
import { changedByte, verify } from '../../test/support/tampering.js'
import type { Defect } from './defect.js'

let sample: SampleLogs

beforeAll(async () => {
  sample = await startSampleLogs()
}, 60_000)

afterAll(() => sample.database.stop())

async function columnsOf(table: string): Promise<{ name: string; type: string }[]> {
  const owner = new pg.Client(sample.logs.urlsOf('postgres').owner)
  await owner.connect()
  const { rows } = await owner.query<{ name: string; type: string }>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'sluice' AND table_name = $1 ORDER BY ordinal_position`,
    [table],
  )
  await owner.end()
  return rows
}

/** What a change in any column of a table may be told as, and where. */
interface ColumnCase {
  readonly table: string
  readonly where: string
  readonly place: Pick<Defect, 'log' | 'index'>
  /** Also told for a change here: what names the row leaves another place without it. */
  readonly tables?: readonly string[]
}

// Behind the last full tile and below it the tree is known otherwise.
const columnCases: readonly ColumnCase[] = [
  ...[300, 600].flatMap((index) => [
    { table: 'message_log_entry', where: isAt(index), place: { log, index } },
    {
      table: 'message_log_payload',
      where: isAt(index),
      place: { log, index },
      tables: ['message_log_data_key'],
    },
    {
      table: 'log_sequence',
      where: `log = '${log}' AND index = ${index}`,
      place: { log, index },
      tables: ['message_log_entry'],
    },
  ]),
  {
    table: 'message_log_data_key',
    where: `id = (SELECT data_key_id FROM sluice.message_log_payload WHERE ${isAt(0)})`,
    place: { log, index: 0 },
    tables: ['message_log_payload'],
  },
  {
    table: 'message_log_message_id',
    where: isRequestAt(300),
    place: { log: undefined, index: undefined },
  },
  { table: 'audit_log_entry', where: isActAt(4), place: { log: 'audit', index: 4 } },
  { table: 'log_tile', where: `log = '${log}' AND index = 1`, place: { log, index: undefined } },
  { table: 'log_checkpoint', where: `log = '${log}' AND size = 320`, place: { log, index: 320 } },
  {
    table: 'log_cosignature',
    where: `log = '${log}' AND size = 320`,
    place: { log, index: 320 },
  },
  { table: 'log_timestamp', where: `log = '${log}' AND size = 320`, place: { log, index: 320 } },
]

it('finds nothing in logs that nobody touched', async () => {
  const {
    defects,
    logs: looked,
    waiting,
    messageIds,
  } = await verify(sample.database.auditorUrl, sample.options)
  expect(defects).toEqual([])
  expect(looked.map(({ log: name, entries }) => [name, entries])).toEqual([
    ['audit', 10],
    [log, size],
    ['unassigned', 10],
  ])
  expect({ waiting, messageIds }).toEqual({ waiting: 1, messageIds: exchanges + 1 })
})

describe('one byte changed', () => {
  it.each(columnCases)(
    'in each column of $table, $place.index',
    async ({ table, where, place, tables = [] }) => {
      for (const { name, type } of await columnsOf(table)) {
        const change = `UPDATE sluice.${table} SET ${name} = ${changedByte(name, type)} WHERE ${where}`
        const defects = await defectsAfter(sample, [change])
        const own = defects.filter((each) => each.table === table || tables.includes(each.table))
        // A tile's hashes are those of entries, and a row under another name is found as that of another.
        const isThere = (each: Defect): boolean =>
          (each.log === place.log && each.index === place.index) ||
          type === 'bytea' ||
          ['log', 'size'].includes(name)
        expect([name, own.filter(isThere).length > 0]).toEqual([name, true])
      }
    },
    240_000,
  )

  it.each([0, 255, 256, 511, 512, 513, size - 1])('in the entry at %d', async (index) => {
    const sql = `UPDATE sluice.message_log_entry SET entry = ${changedByte('entry', 'bytea')} WHERE ${isAt(index)}`
    const [first] = await defectsAfter(sample, [sql])
    expect(first).toMatchObject({
      log,
      index,
      kind: 'changed',
      table: 'message_log_entry',
      column: 'entry',
    })
  })

  it('any byte of any entry, hash, payload or tile', async () => {
    const columns = fc.constantFrom(
      ['message_log_entry', 'entry'],
      ['message_log_entry', 'leaf_hash'],
      ['message_log_payload', 'nonce'],
      ['message_log_payload', 'ciphertext'],
      ['log_tile', 'hashes'],
    )
    const numbers = {
      index: fc.nat({ max: size - 1 }),
      at: fc.nat(),
      byte: fc.integer({ min: 1, max: 255 }),
    }
    await fc.assert(
      fc.asyncProperty(
        columns,
        fc.record(numbers),
        async ([table, column], { index, at, byte }) => {
          const where =
            table === 'log_tile' ? `log = '${log}' AND index = ${index % 2}` : isAt(index)
          const place = `(${at} % length(${column}))`
          const changed = `set_byte(${column}, ${place}, get_byte(${column}, ${place}) # ${byte})`
          const defects = await defectsAfter(sample, [
            `UPDATE sluice.${table} SET ${column} = ${changed} WHERE ${where}`,
          ])
          const leaf = Math.floor((at % 8_192) / 32) + 256 * (index % 2)
          const expected = table === 'log_tile' ? leaf : index
          expect(defects[0]).toMatchObject({ kind: 'changed', table, log, index: expected })
        },
      ),
      { numRuns: 12 },
    )
  }, 240_000)

  it('in an entry together with its leaf hash', async () => {
    for (const index of [300, 600]) {
      const defects = await defectsAfter(sample, [
        `UPDATE sluice.message_log_entry SET entry = ${changedByte('entry', 'bytea')} WHERE ${isAt(index)}`,
        `UPDATE sluice.message_log_entry SET leaf_hash = sha256('\\x00'::bytea || entry) WHERE ${isAt(index)}`,
      ])
      const [first] = defects
      const kinds = index < 512 ? ['changed'] : ['changed', 'forked']
      expect(kinds).toContain(first?.kind)
      expect([first?.log, (first?.index ?? 0) <= index, (first?.index ?? 0) > index - 64]).toEqual([
        log,
        true,
        true,
      ])
    }
  })

  it('in two doubtful leaves, each found for what it is', async () => {
    const defects = await defectsAfter(sample, [
      `UPDATE sluice.message_log_entry SET entry = ${changedByte('entry', 'bytea')} WHERE ${isAt(601)}`,
      `UPDATE sluice.message_log_entry SET leaf_hash = ${changedByte('leaf_hash', 'bytea')} WHERE ${isAt(603)}`,
    ])
    expect(defects.map(({ kind, index, column }) => [kind, index, column])).toEqual([
      ['changed', 601, 'entry'],
      ['changed', 603, 'leaf_hash'],
    ])
  })
})
