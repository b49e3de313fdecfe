import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKeyPairSync } from 'node:crypto'
import type pg from 'pg'
import { TestSequencer } from '../../test/support/log-trees.js'
import {
  defectsAfter,
  isAt,
  log,
  startSampleLogs,
  type SampleLogs,
} from '../../test/support/sample-logs.js'
import { verify } from '../../test/support/tampering.js'
import { formatCheckpoint } from '../tlog/checkpoint.js'
import { noteSigner, verifierKeyText } from '../tlog/note-keys.js'
import { formatNote } from '../tlog/note.js'

let sample: SampleLogs

beforeAll(async () => {
  sample = await startSampleLogs()
}, 60_000)

afterAll(() => sample.database.stop())

describe('two entries swapped', () => {
  const swapped = (one: number, other: number): string[] => [
    'ALTER TABLE sluice.log_sequence DROP CONSTRAINT log_sequence_entry_id_part_key',
    `UPDATE sluice.log_sequence AS s SET entry_id = o.entry_id, part = o.part FROM sluice.log_sequence AS o
      WHERE s.log = '${log}' AND o.log = '${log}'
        AND (s.index, o.index) IN ((${one}, ${other}), (${other}, ${one}))`,
  ]

  // Within a tile, in two of them, behind the last one, and one behind it.
  it.each([
    [10, 20],
    [100, 400],
    [601, 603],
    [600, 638],
    [100, 620],
  ])('at %d and %d', async (one, other) => {
    const { defects } = await sample.logs.verdictAfter(async (owner) => {
      for (const sql of swapped(one, other)) await owner.query(sql)
    }, sample.options)
    expect(defects.filter(({ kind }) => kind === 'swapped')).toMatchObject([
      { log, index: one, details: { other } },
    ])
  })
})

describe('the end cut off', () => {
  const isBeyond = (from: number): string => `log = '${log}' AND index >= ${from}`
  const cut = (from: number): string[] => [
    `DELETE FROM sluice.message_log_message_id AS m USING sluice.log_sequence AS s
      WHERE s.entry_id = m.exchange_id AND ${isBeyond(from)}`,
    `DELETE FROM sluice.message_log_payload AS p USING sluice.log_sequence AS s
      WHERE s.entry_id = p.exchange_id AND s.part = p.half AND ${isBeyond(from)}`,
    `DELETE FROM sluice.message_log_entry AS e USING sluice.log_sequence AS s
      WHERE s.entry_id = e.exchange_id AND s.part = e.half AND ${isBeyond(from)}`,
    `DELETE FROM sluice.log_sequence WHERE ${isBeyond(from)}`,
  ]
  const withTrees = (from: number): string[] => [
    ...cut(from),
    `DELETE FROM sluice.log_cosignature WHERE log = '${log}' AND size > ${from}`,
    `DELETE FROM sluice.log_timestamp WHERE log = '${log}' AND size > ${from}`,
    `DELETE FROM sluice.log_checkpoint WHERE log = '${log}' AND size > ${from}`,
  ]

  it.each([630, 600, 300])('from %d on', async (from) => {
    const [first] = await defectsAfter(sample, cut(from))
    expect(first).toMatchObject({ log, index: from, kind: 'cut' })
  })

  it('with all that was signed of it: who kept a checkpoint knows', async () => {
    const statements = [
      ...withTrees(320),
      `DELETE FROM sluice.log_tile WHERE log = '${log}' AND index = 1`,
    ]
    const [first] = await defectsAfter(sample, statements)
    expect(first).toMatchObject({ log, index: 320, kind: 'cut', table: 'file' })
  })

  it('as a whole', async () => {
    const statements = [...withTrees(0), `DELETE FROM sluice.log_tile WHERE log = '${log}'`]
    const [first] = await defectsAfter(sample, statements)
    expect(first).toMatchObject({ log, index: 0, kind: 'cut', table: 'file' })
  })
})

describe('a log made anew', () => {
  const anew = async (owner: pg.Client): Promise<string[]> => {
    await owner.query(`UPDATE sluice.message_log_entry SET consumer = 'AZ/GOV/VN/VSDX',
        entry = convert_to(replace(convert_from(entry, 'UTF8'), 'VN/VSDS', 'VN/VSDX'), 'UTF8') WHERE ${isAt(40)}`)
    await owner.query(
      `UPDATE sluice.message_log_entry SET leaf_hash = sha256('\\x00'::bytea || entry) WHERE ${isAt(40)}`,
    )
    for (const table of ['sequence', 'tile', 'checkpoint', 'cosignature', 'timestamp']) {
      await owner.query(`DELETE FROM sluice.log_${table}`)
    }
    const sequencer = new TestSequencer(owner)
    await sequencer.pass()
    return sequencer.vkeys()
  }

  it('with another key: the key that is known did not sign it', async () => {
    const { defects } = await sample.logs.verdictAfter(anew, {
      ...sample.options,
      since: [],
      witnessKeys: [],
    })
    expect(defects).toContainEqual(
      expect.objectContaining({ log, kind: 'forked', table: 'log_checkpoint' }),
    )
  })

  it('and whoever believes that key, but kept a checkpoint, knows all the same', async () => {
    let logKeys: string[] = []
    // The keys are made while the copy is tampered with, and read after that.
    const change = { logKeys, since: sample.options.since ?? [] }
    const { defects } = await sample.logs.verdictAfter(async (owner) => {
      logKeys = await anew(owner)
      change.logKeys.push(...logKeys)
    }, change)
    expect(defects).toContainEqual(expect.objectContaining({ log, kind: 'forked', table: 'file' }))
  })
})

it('a checkpoint that is signed and not the tree’s is a fork', async () => {
  const defects = await sample.logs.verdictAfter(forkedAt320, {
    ...sample.options,
    witnessKeys: [],
    stamps: undefined,
  })
  expect(defects.defects).toContainEqual(
    expect.objectContaining({ log, kind: 'forked', table: 'log_checkpoint', row: 'size 320' }),
  )
})

async function forkedAt320(owner: pg.Client): Promise<void> {
  const [signer, timed] = sample.signers
  if (!signer || !timed) throw new Error('no signers')
  const root = Buffer.alloc(32, 7)
  const text = formatCheckpoint({ origin: signer.key.name, size: 320, root })
  const now = new Date(Math.floor(Date.now() / 1_000) * 1_000)
  const note = formatNote({ text, signatures: [signer.sign(text, now), timed.sign(text, now)] })
  await owner.query(
    `UPDATE sluice.log_checkpoint SET note = $1, root_hash = $2, made_at = $3 WHERE log = $4 AND size = 320`,
    [note, root, now, log],
  )
}

it('an entry that waits too long for its place', async () => {
  const later = Date.now() + 3_600_000
  const { defects } = await sample.logs.verdictAfter(
    (owner) => owner.query('UPDATE sluice.log_sequencer SET low = low'),
    { ...sample.options, now: () => new Date(later), witnessKeys: [] },
  )
  expect(defects).toMatchObject([{ kind: 'unsequenced too long', table: 'message_log_entry' }])
})

it('a witness that has not been heard of for long', async () => {
  const stranger = noteSigner('qazet', generateKeyPairSync('ed25519').privateKey, 'cosignature/v1')
  const witnessKeys = [verifierKeyText(stranger.key)]
  const { defects } = await verify(sample.database.auditorUrl, { ...sample.options, witnessKeys })
  expect(defects.map(({ kind, table, log: name }) => [kind, table, name])).toEqual([
    ['stale', 'log_cosignature', 'audit'],
    ['stale', 'log_cosignature', log],
    ['stale', 'log_cosignature', 'unassigned'],
  ])
})
