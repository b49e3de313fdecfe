/** Lanes of one-way messages are spread over so many partitions; one worker at a time delivers those of one. */
export const outboxPartitions = 16

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/**
 * The partition of a lane, by its sender and its provider, or of a sender's notices, by the sender alone. Rows are
 * stored with it, so it never changes: FNV-1a of 32 bits over the names, each with a null character behind it.
 */
export function partitionOf(...names: readonly string[]): number {
  let hash = fnvOffset
  for (const name of names) {
    for (let at = 0; at < name.length; at += 1) hash = mixed(hash, name.charCodeAt(at))
    hash = mixed(hash, 0)
  }
  // The low bits alone depend on the low bits of the characters only.
  return ((hash >>> 16) ^ hash) & (outboxPartitions - 1)
}

function mixed(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, fnvPrime)
}
