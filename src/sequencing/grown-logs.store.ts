import type pg from 'pg'
import type { StoredCheckpoint } from './log-tree.store.js'
import type { FullTile } from './tree-edge.js'

/** What a pass adds to the trees. */
export interface Growth {
  readonly checkpoints: readonly StoredCheckpoint[]
  readonly tiles: readonly (FullTile & { readonly log: string })[]
}

/** Stores new checkpoints and full tiles in the transaction that is going on. */
export async function storeGrowth(client: pg.ClientBase, growth: Growth): Promise<void> {
  const { checkpoints, tiles } = growth
  await client.query({
    name: 'sluice-grow',
    text: `
      WITH tile AS (
        INSERT INTO sluice.log_tile (log, level, index, hashes)
        SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bytea[]))
      INSERT INTO sluice.log_checkpoint (log, size, root_hash, note, made_at)
      SELECT * FROM unnest($5::text[], $6::bigint[], $7::bytea[], $8::text[], $9::timestamptz[])`,
    values: [
      tiles.map(({ log }) => log),
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ hashes }) => hashes),
      checkpoints.map(({ log }) => log),
      checkpoints.map(({ size }) => size),
      checkpoints.map(({ root }) => root),
      checkpoints.map(({ note }) => note),
      checkpoints.map(({ madeAt }) => madeAt),
    ],
  })
}

/** Where a sequencer that starts anew has to begin. */
export interface SequencerStart {
  /** Rows of earlier transactions all have their place; 0 where no sequencer has been through yet. */
  readonly low: bigint
  /** The next transaction's number. */
  readonly next: bigint
}

export async function readStart(client: pg.ClientBase): Promise<SequencerStart> {
  const { rows } = await client.query<{ low: string; next: string }>(
    'SELECT low::text, pg_snapshot_xmax(pg_current_snapshot())::text AS next FROM sluice.log_sequencer',
  )
  const [row] = rows
  if (!row) throw new Error('the table log_sequencer has lost its row')
  return { low: BigInt(row.low), next: BigInt(row.next) }
}

/** In the transaction that is going on. */
export async function storeLow(client: pg.ClientBase, low: bigint): Promise<void> {
  await client.query({
    name: 'sluice-low',
    text: 'UPDATE sluice.log_sequencer SET low = $1::xid8',
    values: [String(low)],
  })
}
