import { ArchiveError } from './archive-error.js'
import type { ArchiveVerdict } from './verify-archive.js'

/** What files of one log cover together. */
export interface ArchiveChain {
  readonly origin: string
  readonly log: string
  /** Entries from this index on… */
  readonly from: number
  /** …and before this one. */
  readonly to: number
  /** Root of the tree of the first `to` entries, base64: the live log must have the same one. */
  readonly root: string
  /** What the live log must name the last file by. */
  readonly digest: string
  readonly files: number
}

/**
 * Joins files that each hold together, in any order.
 * @returns one chain a log
 * @throws ArchiveError where files of one log do not follow one another
 */
export function joinArchives(verdicts: readonly ArchiveVerdict[]): ArchiveChain[] {
  const origins = new Map<string, ArchiveVerdict[]>()
  for (const verdict of verdicts) {
    const { origin } = verdict.manifest
    origins.set(origin, [...(origins.get(origin) ?? []), verdict])
  }
  return [...origins.values()].map(chainOf)
}

function chainOf(verdicts: readonly ArchiveVerdict[]): ArchiveChain {
  const files = [...verdicts].sort((a, b) => a.manifest.start.size - b.manifest.start.size)
  const roots = new Map<number, string>()
  let before: ArchiveVerdict | undefined
  for (const file of files) {
    checkRoots(file, roots)
    if (before) checkJoin(before, file)
    before = file
  }
  const [first] = files
  if (!first || !before) throw new RangeError('there is no file')
  const { manifest, digest } = before
  return {
    origin: manifest.origin,
    log: manifest.log,
    from: first.manifest.start.size,
    to: manifest.end.size,
    root: manifest.end.root,
    digest,
    files: files.length,
  }
}

/** One log has one root at one size, whoever states it. */
function checkRoots({ manifest }: ArchiveVerdict, roots: Map<number, string>): void {
  const { origin, start, end, checkpoint } = manifest
  for (const { size, root } of [start, end, checkpoint]) {
    if ((roots.get(size) ?? root) !== root) throw new ArchiveError('forked', `${origin} at ${size}`)
    roots.set(size, root)
  }
}

function checkJoin(before: ArchiveVerdict, file: ArchiveVerdict): void {
  const { origin, start, previous } = file.manifest
  if (before.manifest.end.size !== start.size) {
    throw new ArchiveError('not-joined', `${origin} at ${before.manifest.end.size}`)
  }
  if (previous !== before.digest) throw new ArchiveError('forked', `${origin} at ${start.size}`)
}
