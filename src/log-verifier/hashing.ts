import { hash } from 'node:crypto'

/**
 * A SHA-256 as a string of 32 characters of one byte each: it can be compared and looked up as it is, and making
 * it costs half of what a Buffer costs.
 */
export type Hash = string

export const hashBytes = 32
/** A node's input: 0x01 and two hashes (RFC 9162 §2.1.1). */
const node = Buffer.alloc(1 + 2 * hashBytes, 1)

/** SHA-256 of these bytes. */
export function sha256(bytes: Uint8Array): Hash {
  return hash('sha256', bytes, 'binary')
}

/** Hash of an inner node (RFC 9162 §2.1.1). */
export function hashOfNode(left: Hash, right: Hash): Hash {
  node.write(left, 1, hashBytes, 'latin1')
  node.write(right, 1 + hashBytes, hashBytes, 'latin1')
  return hash('sha256', node, 'binary')
}

/**
 * Hash of a leaf (RFC 9162 §2.1.1): of 0x00 and the entry.
 * @param bytes - holds the entry, and at least one byte before it. That byte is 0 while this runs, which spares
 *   a copy of each entry
 */
export function hashOfLeaf(bytes: Buffer, from: number, to: number): Hash {
  const before = bytes[from - 1] ?? 0
  bytes[from - 1] = 0
  const leaf = hash('sha256', bytes.subarray(from - 1, to), 'binary')
  bytes[from - 1] = before
  return leaf
}

/** The hash that is kept in these bytes. */
export function hashAt(bytes: Buffer, at = 0): Hash {
  return bytes.toString('latin1', at, at + hashBytes)
}

/** The forms in which hashes stand in texts. */
export function hashText(value: Hash, encoding: 'base64' | 'base64url' | 'hex'): string {
  return Buffer.from(value, 'binary').toString(encoding)
}
