/** Entries from one index on and before another. */
export interface IndexRange {
  readonly from: number
  /** Not in the range. */
  readonly to: number
}

/** What is left of a range without others, which are in order. */
export function without(range: IndexRange, others: readonly IndexRange[]): IndexRange[] {
  const left: IndexRange[] = []
  let { from } = range
  for (const other of others) {
    if (other.to <= from || other.from >= range.to) continue
    if (other.from > from) left.push({ from, to: other.from })
    from = Math.max(from, other.to)
  }
  if (from < range.to) left.push({ from, to: range.to })
  return left
}
