/** A stretch of bytes: `end` is the offset after the last. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** A message without what was cut out of it. */
export interface Cut {
  readonly bytes: Uint8Array
  /** How many fields were cut out. */
  readonly fields: number
}

/** The bytes without these stretches, which stand in order and do not overlap. */
export function withoutStretches(bytes: Uint8Array, stretches: readonly Stretch[]): Uint8Array {
  if (stretches.length === 0) return bytes
  const kept: Uint8Array[] = []
  let from = 0
  for (const { start, end } of stretches) {
    if (start < from || end < start) throw new RangeError('stretches that are not in order')
    kept.push(bytes.subarray(from, start))
    from = end
  }
  kept.push(bytes.subarray(from))
  return Buffer.concat(kept)
}
