/** Senders of one-way messages are spread over so many partitions; one worker at a time has those of one in hand. */
export const outboxPartitions = 16

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/**
 * The partition of a sender: of its lanes and its notices, so that one worker reads its queue, delivers what was in it
 * and tells it of that. Rows are stored with it, so it never changes: FNV-1a of 32 bits over the name, with a null
 * character behind it.
 */
export function partitionOf(sender: string): number {
  let hash = fnvOffset
  for (let at = 0; at < sender.length; at += 1) hash = mixed(hash, sender.charCodeAt(at))
  hash = mixed(hash, 0)
  // The low bits alone depend on the low bits of the characters only.
  return ((hash >>> 16) ^ hash) & (outboxPartitions - 1)
}

function mixed(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, fnvPrime)
}
