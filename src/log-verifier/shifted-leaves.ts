import type { Doubt, LeafTrouble } from './leaves.js'

type Settled = readonly [Doubt, LeafTrouble]

/** Wrong leaves that follow each other, or a single one. */
export interface LeafRun {
  readonly first: Settled
  readonly count: number
  /** Whether an entry was put in, or taken out, before all of them, which are right but one place off. */
  readonly shift: 'inserted' | 'missing' | undefined
}

/** Finds leaves that are nothing but moved, so that what moved them is told of once. */
export function shiftsOf(settled: readonly Settled[]): LeafRun[] {
  const sorted = settled.toSorted(([one], [other]) => one.index - other.index)
  const runs: LeafRun[] = []
  for (let at = 0; at < sorted.length;) {
    const first = sorted[at]
    if (!first) break
    const shift = shiftBetween(first, sorted[at + 1])
    let end = at + 1
    while (shift !== undefined && shiftBetween(sorted[end - 1], sorted[end]) === shift) end += 1
    runs.push({ first, count: end - at, shift })
    at = end
  }
  return runs
}

function shiftBetween(one: Settled | undefined, next: Settled | undefined): LeafRun['shift'] {
  if (!one || !next || next[0].index !== one[0].index + 1) return undefined
  if (next[0].computed === one[0].expected) return 'inserted'
  return one[0].computed === next[0].expected ? 'missing' : undefined
}
