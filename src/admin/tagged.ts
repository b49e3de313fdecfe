import { Problem } from './problem.js'

/** An entry with its revision, which becomes its `ETag` (RFC 9110 §8.8.3). */
export class Tagged<Entry> {
  readonly entry: Entry
  readonly revision: number

  constructor(entry: Entry, revision: number) {
    this.entry = entry
    this.revision = revision
  }
}

/** An entry as its caller saw it. */
export interface Seen {
  readonly id: string
  readonly revision: number
}

export function etagOf(revision: number): string {
  return `"${revision}"`
}

const etagPattern = /^"(0|[1-9][0-9]{0,14})"$/

/**
 * The revision that a caller knows; a weak tag, a list and `*` would name more than one.
 * @returns undefined for what is no tag of ours, which matches no entry
 */
export function revisionOf(etag: string): number | undefined {
  const found = etagPattern.exec(etag.trim())
  return found ? Number(found[1]) : undefined
}

/** @throws Problem CHANGED_MEANWHILE unless the revision is the one that the caller saw */
export function checkRevision(present: number, seen: number): void {
  if (present !== seen) throw new Problem('CHANGED_MEANWHILE')
}
