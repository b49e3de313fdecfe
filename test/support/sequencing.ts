import { createHash, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { createClient } from '../../src/database/connection.js'
import { newExchangeId } from '../../src/new-exchange-id.js'
import { LogSigners } from '../../src/sequencing/log-signers.js'
import { PublishedCheckpoints } from '../../src/sequencing/published-checkpoints.js'
import type { SessionParts } from '../../src/sequencing/sequencing-session.store.js'
import { parseCheckpoint } from '../../src/tlog/checkpoint.js'
import { verifyNote } from '../../src/tlog/note-keys.js'
import { parseNote } from '../../src/tlog/note.js'
import type { TestDatabase } from './database.js'

/** A key of a log, its node's folder, and everything a sequencer has of them. */
export interface TestSequencing {
  /** Where its published checkpoints are. */
  readonly folder: string
  readonly parts: SessionParts
  readonly signers: LogSigners
  /** The same node with other parts. */
  with(parts: Partial<SessionParts>): SessionParts
}

export const testOrigin = 'test.example/log'

/** @param database - whose folder has the node's files, too */
export function testSequencing(
  { jobsUrl, folder: parent }: Pick<TestDatabase, 'jobsUrl' | 'folder'>,
  key: KeyObject = generateKeyPairSync('ed25519').privateKey,
): TestSequencing {
  const folder = mkdtempSync(join(parent, 'log-'))
  const signers = new LogSigners(key, testOrigin)
  const parts: SessionParts = {
    connect: () => jobsClient(jobsUrl),
    signers,
    published: new PublishedCheckpoints(folder),
    now: () => new Date(),
    rowsMax: 1_000,
  }
  return { folder, parts, signers, with: (other) => ({ ...parts, ...other }) }
}

export function jobsClient(url: string): pg.Client {
  return createClient({
    url,
    role: 'jobs',
    applicationName: 'sluice test sequencer',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
  })
}

export interface SampleRow {
  readonly domain?: string
  readonly exchangeId?: string
  readonly half?: 1 | 2
  readonly recordedAt?: Date
}

/** Writes rows as the message log does, in the transaction that is going on or in one of its own. */
export async function writeRows(
  client: pg.ClientBase,
  count: number,
  { domain, exchangeId, half = 1, recordedAt = new Date() }: SampleRow = {},
): Promise<void> {
  const entries = Array.from({ length: count }, () => Buffer.from(`{"entry":"${randomUUID()}"}`))
  await client.query(
    `INSERT INTO sluice.message_log_entry
       (exchange_id, half, kind, recorded_at, domain, entry, leaf_hash)
     SELECT id, $1::smallint, CASE $1::smallint WHEN 1 THEN 'request' ELSE 'reply' END, $2, $3, entry, hash
       FROM unnest($4::uuid[], $5::bytea[], $6::bytea[]) AS row (id, entry, hash)`,
    [
      half,
      recordedAt,
      domain ?? null,
      entries.map(() => exchangeId ?? newExchangeId()),
      entries,
      entries.map((entry) => sha256(Buffer.of(0), entry)),
    ],
  )
}

/** Writes an administrator's act. */
export async function writeAct(client: pg.ClientBase): Promise<void> {
  const entry = Buffer.from(`{"act":"${randomUUID()}"}`)
  await client.query(
    `INSERT INTO sluice.audit_log_entry (act_id, kind, recorded_at, actor, entry, leaf_hash)
     VALUES ($1, 'test', now(), 'tester', $2, $3)`,
    [newExchangeId(), entry, sha256(Buffer.of(0), entry)],
  )
}

interface PlacedRow {
  readonly log: string
  readonly index: string
  readonly entry: Buffer
}

/**
 * Judges the logs by their raw rows and RFC 9162 as it stands: each entry has one place, in the log it belongs
 * to, without a gap; each checkpoint is signed and has the root over the entries before its size; full tiles
 * are what they should be.
 * @param unplaced - entries that must have no place yet
 * @returns sizes of the logs
 */
export async function judgeLogs(
  owner: pg.ClientBase,
  signers: LogSigners,
  unplaced = 0,
): Promise<Record<string, number>> {
  const { rows } = await owner.query<PlacedRow>(
    `SELECT coalesce(log, '') AS log, index, entry,
            log IS DISTINCT FROM own AS strays FROM (
       SELECT exchange_id AS id, half AS part, entry, coalesce('domain/' || domain, 'unassigned') AS own
         FROM sluice.message_log_entry
       UNION ALL SELECT act_id, 0, entry, 'audit' FROM sluice.audit_log_entry) AS entry
       FULL JOIN sluice.log_sequence ON entry_id = id AND sluice.log_sequence.part = entry.part
      ORDER BY log, index`,
  )
  const waiting = rows.filter(({ log }) => log === '')
  if (waiting.length !== unplaced) throw new Error(`${waiting.length} entries have no place`)
  const logs = new Map<string, Buffer[]>()
  for (const row of rows.filter(({ log }) => log !== '')) {
    const leaves = logs.get(row.log) ?? []
    logs.set(row.log, leaves)
    if (Number(row.index) !== leaves.length) throw new Error(`${row.log} has a gap at ${row.index}`)
    if ('strays' in row && row.strays === true)
      throw new Error(`a stray at ${row.log} ${row.index}`)
    leaves.push(sha256(Buffer.of(0), row.entry))
  }
  for (const [log, leaves] of logs) await judgeLog(owner, signers, log, leaves)
  return Object.fromEntries([...logs].map(([log, leaves]) => [log, leaves.length]))
}

async function judgeLog(
  owner: pg.ClientBase,
  signers: LogSigners,
  log: string,
  leaves: readonly Buffer[],
): Promise<void> {
  const checkpoints = await owner.query<{ size: string; root_hash: Buffer; note: string }>(
    'SELECT size, root_hash, note FROM sluice.log_checkpoint WHERE log = $1 ORDER BY size',
    [log],
  )
  for (const { size, root_hash: root, note } of checkpoints.rows) {
    const { text } = verifyNote(parseNote(note), signers.of(log).key)
    const signed = parseCheckpoint(text)
    const expected = treeHash(leaves.slice(0, Number(size)))
    if (signed.size !== Number(size) || !signed.root.equals(root) || !expected.equals(root)) {
      throw new Error(`the checkpoint of ${log} at ${size} is wrong`)
    }
  }
  const last = Number(checkpoints.rows.at(-1)?.size)
  if (last !== leaves.length) throw new Error(`${log} has ${leaves.length}, signed ${last}`)
  const tiles = await owner.query<{ level: number; index: string; hashes: Buffer }>(
    'SELECT level, index, hashes FROM sluice.log_tile WHERE log = $1',
    [log],
  )
  let due = 0
  for (let span = 256; span <= leaves.length; span *= 256) due += Math.floor(leaves.length / span)
  if (tiles.rows.length !== due)
    throw new Error(`${log} has ${tiles.rows.length} tiles, not ${due}`)
  for (const { level, index, hashes } of tiles.rows) {
    const span = 256 ** level
    const first = Number(index) * 256 * span
    const expected = Array.from({ length: 256 }, (_, at) =>
      treeHash(leaves.slice(first + at * span, first + (at + 1) * span)),
    )
    if (!Buffer.concat(expected).equals(hashes)) throw new Error(`tile ${level}/${index} is wrong`)
  }
}

/** RFC 9162 §2.1.1, as it stands there, over leaf hashes: MTH. */
export function treeHash(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves
  if (!first) return sha256()
  if (leaves.length === 1) return first
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest()
}
