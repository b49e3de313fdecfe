import { readArchived, type ArchivedRange } from './archive-rows.store.js'
import { AttestedLog } from './attested-log.js'
import { checkCheckpoint } from './checkpoint-row.js'
import type { Defect } from './defect.js'
import type { LogParts } from './log-parts.js'
import { LogPass } from './log-pass.js'
import { readMovedRows, readNextIndex, readRequestHashes, streamPlaces } from './log-rows.store.js'
import type { LogSnapshot } from './log-snapshot.store.js'
import {
  readAttestations,
  readCheckpoints,
  readNewestCheckpoints,
  readTiles,
  readTilesBeyond,
  type LogExtent,
} from './tree-rows.store.js'
import type { LogSummary } from './verify-types.js'

export interface VerifyLogOptions {
  /** Whether rows may have been loaded from a dump: no transaction can be held against another then. */
  readonly isRestored: boolean
  readonly onProgress: (entries: number) => void
}

/** A stretch of 64 tiles: all of its tiles, checkpoints and attestations are in memory at one time. */
const stretch = 16_384
const indexMax = Number.MAX_SAFE_INTEGER
const rewrittenLookedAtMax = 10_000

/** Verifies one log from its first entry to its last. */
export async function verifyLog(
  snapshot: LogSnapshot,
  found: LogExtent,
  parts: LogParts,
  options: VerifyLogOptions,
): Promise<LogSummary> {
  const { log, places } = found
  const signed = await signedSize(snapshot, log, parts)
  const extent = { ...found, signed }
  const attested = new AttestedLog(log, parts, parts.report)
  const pass = new LogPass(extent, parts, attested)
  let from = 0
  while (from < Math.max(places, signed)) {
    const before = pass.next
    await takeStretch(snapshot, pass, attested, from)
    options.onProgress(pass.next - before)
    await lookUpRequests(snapshot, pass, parts)
    from += stretch
    // An index may be far off; the stretches between hold nothing.
    if (from >= signed && pass.next < from) from = await nextStretch(snapshot, log, from)
  }
  const cutAt = pass.next < signed ? pass.next : undefined
  pass.skipTo(signed)
  pass.roots.checkBeyond(await readCheckpoints(snapshot, log, [pass.next, indexMax]))
  pass.end()
  const archived = await tellMissing(snapshot, pass, parts, cutAt)
  if (!options.isRestored) await tellRewritten(snapshot, pass, parts)
  await tellTilesBeyond(snapshot, pass, parts)
  return summaryOf(pass, extent, attested, archived)
}

/** Size of the newest checkpoint that states the size of its row. */
async function signedSize(snapshot: LogSnapshot, log: string, { keys }: LogParts): Promise<number> {
  for (const row of await readNewestCheckpoints(snapshot, log)) {
    if (checkCheckpoint(log, row, keys).root !== undefined) return row.size
  }
  return 0
}

async function takeStretch(
  snapshot: LogSnapshot,
  pass: LogPass,
  attested: AttestedLog,
  from: number,
): Promise<void> {
  const { log } = pass
  const to = from + stretch
  const range = [from, to] as const
  pass.tiles.load(await readTiles(snapshot, log, range), range)
  pass.roots.load(await readCheckpoints(snapshot, log, range))
  attested.load(await readAttestations(snapshot, log, range))
  await streamPlaces(snapshot, { log, from, to, withPayloads: pass.withPayloads }, (row) =>
    pass.take(row),
  )
}

async function nextStretch(snapshot: LogSnapshot, log: string, from: number): Promise<number> {
  const index = await readNextIndex(snapshot, log, from)
  return index === undefined ? Infinity : Math.floor(index / stretch) * stretch
}

async function lookUpRequests(
  snapshot: LogSnapshot,
  pass: LogPass,
  { report }: LogParts,
): Promise<void> {
  const open = pass.openOutcomes
  if (open.length === 0) return
  pass.openOutcomes = []
  const hashes = await readRequestHashes(
    snapshot,
    open.map(({ exchangeId }) => exchangeId),
  )
  for (const { index, exchangeId, requestEntry } of open) {
    const found = hashes.get(exchangeId) ?? []
    if (requestEntry !== undefined && found.includes(requestEntry)) continue
    const isThere = found.length > 0
    report({
      log: pass.log,
      kind: isThere ? 'changed' : 'missing',
      finding: isThere ? 'request-other' : 'request-missing',
      table: 'message_log_entry',
      index,
      row: `${exchangeId}/2`,
    })
  }
}

/** @returns number of entries that are in an archive and not missing at all */
async function tellMissing(
  snapshot: LogSnapshot,
  pass: LogPass,
  { report }: LogParts,
  cutAt: number | undefined,
): Promise<number> {
  if (pass.missing.length === 0) return 0
  const ranges = (await readArchived(snapshot)).filter(({ log }) => log === pass.log)
  let archived = 0
  for (const { from, to, table } of pass.missing) {
    // A place stays for ever; only what it is the place of goes to an archive.
    const left = table === 'log_sequence' ? [{ from, to }] : without({ from, to }, ranges)
    archived += to - from - left.reduce((sum, each) => sum + each.to - each.from, 0)
    for (const range of left) report(missingDefect(pass.log, range, table, cutAt))
  }
  return archived
}

function missingDefect(
  log: string,
  { from, to }: { readonly from: number; readonly to: number },
  table: Defect['table'],
  cutAt: number | undefined,
): Defect {
  const isPlace = table === 'log_sequence'
  const isCut = isPlace && cutAt !== undefined && from >= cutAt
  return {
    log,
    kind: isCut ? 'cut' : 'missing',
    finding: isCut ? 'log-cut' : isPlace ? 'place-missing' : 'entry-missing',
    table,
    index: from,
    details: { count: to - from },
  }
}

/** What is left of a range without others, which are in order. */
function without(
  range: { readonly from: number; readonly to: number },
  others: readonly ArchivedRange[],
): { readonly from: number; readonly to: number }[] {
  const left = []
  let { from } = range
  for (const other of others) {
    if (other.to <= from || other.from >= range.to) continue
    if (other.from > from) left.push({ from, to: other.from })
    from = Math.max(from, other.to)
  }
  if (from < range.to) left.push({ from, to: range.to })
  return left
}

async function tellRewritten(
  snapshot: LogSnapshot,
  pass: LogPass,
  { report }: LogParts,
): Promise<void> {
  const looked = pass.rewritten.slice(0, rewrittenLookedAtMax)
  if (looked.length === 0) return
  const moved = await readMovedRows(
    snapshot,
    looked.map(({ id }) => id),
  )
  const rewritten = looked.filter(({ id, part }) => !moved.has(`${id}/${part}`))
  const [first] = rewritten
  if (!first) return
  report({
    log: pass.log,
    kind: 'changed',
    finding: 'row-rewritten',
    table: pass.table,
    column: 'row_id, written_in',
    index: first.index,
    row: `${first.id}/${first.part}`,
    details: { count: rewritten.length + pass.rewritten.length - looked.length },
  })
}

async function tellTilesBeyond(
  snapshot: LogSnapshot,
  pass: LogPass,
  { report }: LogParts,
): Promise<void> {
  for (const { level, index } of await readTilesBeyond(snapshot, pass.log, pass.next)) {
    const details = { level, tile: index }
    report({
      log: pass.log,
      kind: 'inserted',
      finding: 'tile-beyond',
      table: 'log_tile',
      index: undefined,
      details,
    })
  }
}

function summaryOf(
  pass: LogPass,
  { log, signed }: LogExtent,
  attested: AttestedLog,
  archived: number,
): LogSummary {
  return {
    log,
    entries: pass.entries,
    archived,
    payloads: pass.payloads,
    checkpoints: pass.roots.checked,
    size: pass.next,
    signed,
    checkpointsWithoutKey: pass.roots.withoutKey,
    cosignatures: attested.cosignatures,
    stamps: attested.stamps,
    attestationsUnchecked: attested.unchecked,
    newestBy: attested.newestBy,
  }
}
