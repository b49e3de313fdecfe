import { rootOf } from '../tlog/merkle.js'
import type { LogSigners } from './log-signers.js'
import type { LogTreeStore, StoredCheckpoint } from './log-tree.store.js'
import type { PublishedCheckpoints } from './published-checkpoints.js'
import { SequencingRefused } from './sequencing-error.js'
import { TreeEdge } from './tree-edge.js'

/**
 * The right edges of all logs as they were left, each of which has the root that was signed last.
 * @throws SequencingRefused where the database is not what was signed, or not all of it
 */
export async function loadLogs(
  store: LogTreeStore,
  signers: LogSigners,
  published: PublishedCheckpoints,
): Promise<Map<string, TreeEdge>> {
  const latest = await store.latestCheckpoints()
  const edges = new Map<string, TreeEdge>()
  for (const checkpoint of latest)
    edges.set(checkpoint.log, await edgeOf(store, signers, checkpoint))
  for (const [log, note] of await published.read()) {
    await assertGoesOn(
      store,
      latest.find((each) => each.log === log),
      {
        ...signers.read(log, note),
        log,
        file: published.pathOf(log),
      },
    )
  }
  return edges
}

async function edgeOf(
  store: LogTreeStore,
  signers: LogSigners,
  { log, size, root, note }: StoredCheckpoint,
): Promise<TreeEdge> {
  const signed = signers.read(log, note)
  if (signed.size !== size || !signed.root.equals(root)) {
    throw new SequencingRefused(`the row of the last checkpoint of the log ${log} was changed`)
  }
  const tiles: Buffer[] = []
  for (const place of TreeEdge.tilesOf(size)) {
    const tile = await store.tile(log, place)
    if (!tile) throw new SequencingRefused(`entries or tiles of the log ${log} are missing`)
    tiles.push(tile)
  }
  const edge = TreeEdge.restore(size, tiles)
  if (edge.root().equals(root)) return edge
  throw new SequencingRefused(
    `entries or tiles of the log ${log} were changed: its root is not the one that was signed last`,
  )
}

interface Published {
  readonly log: string
  readonly size: number
  readonly root: Buffer
  readonly file: string
}

/** What was published must be the beginning of what there is. */
async function assertGoesOn(
  store: LogTreeStore,
  latest: StoredCheckpoint | undefined,
  { log, size, root, file }: Published,
): Promise<void> {
  if (!latest || latest.size < size) {
    throw new SequencingRefused(
      `the log ${log} was published up to size ${size} (${file}), and this database has it up to ` +
        `${latest?.size ?? 0} only: it may be an old backup`,
    )
  }
  const found = await rootOf(size, store.hashesOf(log, latest.size))
  if (found.equals(root)) return
  throw new SequencingRefused(
    `the log ${log} as it was published at size ${size} (${file}) is not the one of this database`,
  )
}
