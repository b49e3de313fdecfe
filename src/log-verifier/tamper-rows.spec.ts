import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  defectsAfter,
  isActAt,
  isAt,
  isRequestAt,
  log,
  size,
  startSampleLogs,
  type SampleLogs,
} from '../../test/support/sample-logs.js'

let sample: SampleLogs

beforeAll(async () => {
  sample = await startSampleLogs()
}, 60_000)

afterAll(() => sample.database.stop())

describe('a row gone', () => {
  it.each([0, 255, 256, 600, size - 1])('the entry at %d', async (index) => {
    const [first] = await defectsAfter(sample, [
      `DELETE FROM sluice.message_log_entry WHERE ${isAt(index)}`,
    ])
    expect(first).toMatchObject({ log, index, kind: 'missing', table: 'message_log_entry' })
  })

  it.each([0, 255, 256, 600])('the place at %d', async (index) => {
    const defects = await defectsAfter(sample, [
      `DELETE FROM sluice.log_sequence WHERE log = '${log}' AND index = ${index}`,
    ])
    expect(defects[0]).toMatchObject({ log, index, kind: 'missing', table: 'log_sequence' })
    // The entry is there, and the sequencer never comes back to it.
    expect(defects.map(({ kind }) => kind)).toContain('unsequenced too long')
  })

  const cases: readonly [table: string, where: string, index: number | undefined][] = [
    ['message_log_payload', isAt(300), 300],
    [
      'message_log_data_key',
      `id = (SELECT data_key_id FROM sluice.message_log_payload WHERE ${isAt(0)})`,
      0,
    ],
    ['message_log_message_id', isRequestAt(300), undefined],
    ['audit_log_entry', isActAt(4), 4],
    ['log_tile', `log = '${log}' AND index = 1`, undefined],
    ['log_checkpoint', `log = '${log}' AND size = 320`, 320],
    ['log_sequencer', 'true', undefined],
  ]
  it.each(cases)('of %s', async (table, where, index) => {
    const defects = await defectsAfter(sample, [`DELETE FROM sluice.${table} WHERE ${where}`])
    const found = defects.find((each) => each.table === table)
    expect(found).toMatchObject({ kind: 'missing', index })
  })

  it('and the others moved up, so that no index is missing', async () => {
    const moved = (index: number): string[] => [
      `DELETE FROM sluice.log_sequence WHERE log = '${log}' AND index = ${index}`,
      'ALTER TABLE sluice.log_sequence DROP CONSTRAINT log_sequence_pkey',
      `UPDATE sluice.log_sequence SET index = index - 1 WHERE log = '${log}' AND index > ${index}`,
    ]
    const below = await defectsAfter(
      sample,
      moved(300).filter((sql) => !sql.startsWith('ALTER')),
    )
    expect(below[0]).toMatchObject({ log, index: 300 })
    const behind = await defectsAfter(
      sample,
      moved(600).filter((sql) => !sql.startsWith('ALTER')),
    )
    expect(behind.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['cut', 'unsequenced too long']),
    )
  })
})

describe('a row put in', () => {
  const copied = `INSERT INTO sluice.message_log_entry
      (exchange_id, half, kind, recorded_at, domain, consumer, service, outcome, entry, leaf_hash)
    SELECT '01a00000-0000-7000-8000-000000000001', half, kind, recorded_at, domain, consumer, service, outcome,
      entry, leaf_hash FROM sluice.message_log_entry WHERE ${isAt(300)}`

  it('an entry without a place', async () => {
    const defects = await defectsAfter(sample, [copied])
    expect(defects[0]).toMatchObject({
      table: 'message_log_entry',
      kind: 'changed',
      column: 'exchange_id',
    })
  })

  it.each([100, 530])('an entry with a place at %d', async (index) => {
    const [first] = await defectsAfter(sample, [
      copied,
      `UPDATE sluice.log_sequence SET index = index + 10000 WHERE log = '${log}' AND index >= ${index}`,
      `UPDATE sluice.log_sequence SET index = index - 9999 WHERE log = '${log}' AND index >= 10000`,
      `INSERT INTO sluice.log_sequence VALUES ('${log}', ${index}, '01a00000-0000-7000-8000-000000000001', 1)`,
    ])
    expect(first).toMatchObject({ log, index })
    expect(first?.kind).toBe('inserted')
  })

  it('an act, a tile, a payload, a message id', async () => {
    const id = '01a00000-0000-7000-8000-000000000001'
    const zeros = (bytes: number): string => `decode(repeat('00', ${bytes}), 'hex')`
    for (const [table, values] of [
      ['log_tile', `'${log}', 0, 77, ${zeros(8_192)}`],
      ['message_log_payload', `'${id}', 1, '${id}', ${zeros(12)}, ${zeros(40)}`],
      ['message_log_message_id', `${zeros(32)}, '${id}', now()`],
      ['log_cosignature', `'${log}', 7, 'agentlik', 'x', now()`],
    ] as const) {
      const [first] = await defectsAfter(sample, [`INSERT INTO sluice.${table} VALUES (${values})`])
      expect(first).toMatchObject({ kind: 'inserted', table })
    }
  })
})
