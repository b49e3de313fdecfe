import type { ClientBase } from 'pg'
import type { LogSigners } from '../../src/sequencing/log-signers.js'
import { logOfDomain } from '../../src/tlog/checkpoint.js'
import { nodeHashOf, rootOf } from '../../src/tlog/merkle.js'

/**
 * Puts all entries of a domain into its log in the order of their rows, and a checkpoint over them, as the
 * sequencer does bit by bit. For tests of readers.
 */
export async function sequenceByHand(
  owner: ClientBase,
  domain: string | undefined,
  signers: LogSigners,
  stamp: (note: Buffer) => Buffer | undefined,
): Promise<void> {
  const log = logOfDomain(domain)
  const { rows } = await owner.query<{ exchange_id: string; half: number; leaf_hash: Buffer }>(
    `SELECT exchange_id, half, leaf_hash FROM sluice.message_log_entry
      WHERE domain IS NOT DISTINCT FROM $1 ORDER BY row_id`,
    [domain ?? null],
  )
  for (const [index, { exchange_id, half }] of rows.entries()) {
    await owner.query(
      `INSERT INTO sluice.log_sequence (log, index, entry_id, part) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [log, index, exchange_id, half],
    )
  }
  const leaves = rows.map(({ leaf_hash }) => leaf_hash)
  const read = (level: number, index: number): Buffer =>
    level === 0
      ? (leaves[index] ?? Buffer.alloc(0))
      : nodeHashOf(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))
  const size = leaves.length
  const root = await rootOf(size, read)
  const now = new Date()
  const note = signers.note(log, size, root, now)
  await owner.query(
    `INSERT INTO sluice.log_checkpoint (log, size, root_hash, note, made_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [log, size, root, note, now],
  )
  const token = stamp(Buffer.from(note))
  if (!token) return
  await owner.query(
    `INSERT INTO sluice.log_timestamp (log, size, tsa, token, stamped_at)
     VALUES ($1, $2, 'vaxt', $3, $4) ON CONFLICT DO NOTHING`,
    [log, size, token, now],
  )
}
