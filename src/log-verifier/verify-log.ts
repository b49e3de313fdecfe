import { AttestedLog } from './attested-log.js'
import { checkCheckpoint } from './checkpoint-row.js'
import type { Defect } from './defect.js'
import type { LogParts } from './log-parts.js'
import { isArchivedSince } from './keeping.js'
import { LogPass } from './log-pass.js'
import {
  isInArchivedTiles,
  readMovedRows,
  readNextIndex,
  readRequestHashes,
  streamPlaces,
} from './log-rows.store.js'
import type { LogSnapshot } from './log-snapshot.store.js'
import { without, type IndexRange } from './ranges.js'
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
  const cutAt = pass.placed < signed ? pass.placed : undefined
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
  // The tiles of this stretch are those that say what was here.
  pass.skipTo(to)
}

async function nextStretch(snapshot: LogSnapshot, log: string, from: number): Promise<number> {
  const index = await readNextIndex(snapshot, log, from)
  return index === undefined ? Infinity : Math.floor(index / stretch) * stretch
}

async function lookUpRequests(
  snapshot: LogSnapshot,
  pass: LogPass,
  parts: LogParts,
): Promise<void> {
  const { report } = parts
  const open = pass.openOutcomes
  if (open.length === 0) return
  pass.openOutcomes = []
  const hashes = await readRequestHashes(
    snapshot,
    open.map(({ exchangeId }) => exchangeId),
  )
  for (const { index, exchangeId, ownId, requestEntry } of open) {
    const found = hashes.get(exchangeId) ?? []
    if (requestEntry !== undefined && found.includes(requestEntry)) continue
    if (found.length === 0 && (await isArchivedRequest(snapshot, pass, parts, requestEntry))) {
      continue
    }
    const isThere = found.length > 0
    report({
      log: pass.log,
      kind: isThere ? 'changed' : 'missing',
      finding: isThere ? 'request-other' : 'request-missing',
      table: 'message_log_entry',
      index,
      row: `${ownId}/2`,
    })
  }
}

/** An outcome may stay, in a tile that is not full, when its request has gone to an archive. */
async function isArchivedRequest(
  snapshot: LogSnapshot,
  { log }: LogPass,
  { keeping }: LogParts,
  requestEntry: string | undefined,
): Promise<boolean> {
  const upTo = keeping.archived.upTo.get(log)
  if (upTo === undefined || requestEntry === undefined) return false
  return isInArchivedTiles(snapshot, { log, upTo, hash: Buffer.from(requestEntry, 'base64url') })
}

interface ArchivedEntries {
  readonly count: number
  readonly unchecked: readonly IndexRange[]
}

/** @returns entries that are in an archive and not missing at all */
async function tellMissing(
  snapshot: LogSnapshot,
  pass: LogPass,
  { report, keeping }: LogParts,
  cutAt: number | undefined,
): Promise<ArchivedEntries> {
  const upTo = keeping.archived.upTo.get(pass.log) ?? 0
  const files = keeping.files.checked
    .filter(({ log }) => log === pass.log)
    .toSorted((a, b) => a.from - b.from)
  const defects: Defect[] = []
  const unchecked: IndexRange[] = []
  let count = 0
  for (const missing of pass.missing) {
    const { from, to, table } = missing
    const beyond = Math.min(to, Math.max(from, upTo))
    count += beyond - from
    if (from < beyond) {
      if (!missing.isKnown) defects.push(unprovedDefect(pass, from, beyond))
      addRanges(unchecked, without({ from, to: beyond }, files))
    }
    if (beyond < to) defects.push(missingDefect(pass.log, { from: beyond, to }, table, cutAt))
  }
  if (defects.length > 0 && (await isArchivedSince(snapshot, keeping.archived))) {
    throw new Error('days went to an archive while this ran; begin again')
  }
  defects.forEach(report)
  return { count, unchecked }
}

/** Adds ranges in their order, each joined with the one before where it follows that. */
function addRanges(into: IndexRange[], ranges: readonly IndexRange[]): void {
  for (const range of ranges) {
    const last = into.at(-1)
    if (last?.to === range.from) into[into.length - 1] = { from: last.from, to: range.to }
    else into.push(range)
  }
}

function unprovedDefect({ log, table }: LogPass, from: number, to: number): Defect {
  const finding = 'archive-unproved'
  return { log, kind: 'missing', finding, table, index: from, details: { count: to - from } }
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
  archived: ArchivedEntries,
): LogSummary {
  return {
    log,
    entries: pass.entries,
    archived: archived.count,
    archivedUnchecked: archived.unchecked,
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
