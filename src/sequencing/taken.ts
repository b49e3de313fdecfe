/** Which transactions a statement saw the end of (PostgreSQL's `pg_snapshot`). */
export interface Snapshot {
  /** Transactions from here on had not begun. */
  readonly next: bigint
  /** Those between that were going on. */
  readonly open: readonly bigint[]
}

/** @param text - `xmin:xmax:xip_list`, as the server writes it */
export function parseSnapshot(text: string): Snapshot {
  const [, next = '', open = ''] = text.split(':')
  return {
    next: BigInt(next),
    open: open === '' ? [] : open.split(',').map(BigInt),
  }
}

/**
 * Which rows have their place already: all that were written by transactions before `next`, except those in
 * `open`, which had not ended. So each pass finds exactly what has become visible since the last one, and a
 * transaction that lasts long holds up nobody and is asked for by its number.
 */
export interface Taken {
  readonly next: bigint
  readonly open: readonly bigint[]
}

/** Everything that was visible in a snapshot. */
export function allOf({ next, open }: Snapshot): Taken {
  return { next, open }
}

/** Of what was visible in a snapshot, all of earlier transactions: the pass had no room for the others. */
export function allBefore(transaction: bigint, { open }: Snapshot): Taken {
  return { next: transaction, open: open.filter((each) => each < transaction) }
}

/** Rows written by transactions below this number all have their place: how far back a new start looks. */
export function lowOf({ next, open }: Taken): bigint {
  return open.reduce((low, each) => (each < low ? each : low), next)
}
