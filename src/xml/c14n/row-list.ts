/** Above this, insertion would cost more than it saves: a first element may inherit thousands. */
const insertionMax = 16

/** A short list of rows that is filled anew for every tag, and so keeps its memory. */
export class RowList {
  /** Valid up to `count`. */
  readonly rows: number[] = []
  count = 0

  add(row: number): void {
    this.rows[this.count++] = row
  }

  has(row: number): boolean {
    const at = this.rows.indexOf(row)
    return at >= 0 && at < this.count
  }

  remove(row: number): void {
    let kept = 0
    for (let at = 0; at < this.count; at++) {
      const each = this.rows[at] ?? 0
      if (each !== row) this.rows[kept++] = each
    }
    this.count = kept
  }

  /** By insertion: most lists are short and sorted already. */
  sort(compare: (one: number, other: number) => number): void {
    const { rows } = this
    if (this.count > insertionMax) {
      const sorted = rows.slice(0, this.count).sort(compare)
      for (let at = 0; at < this.count; at++) rows[at] = sorted[at] ?? 0
      return
    }
    for (let sorted = 1; sorted < this.count; sorted++) {
      const row = rows[sorted] ?? 0
      let at = sorted
      for (; at > 0 && compare(rows[at - 1] ?? 0, row) > 0; at--) rows[at] = rows[at - 1] ?? 0
      rows[at] = row
    }
  }
}
