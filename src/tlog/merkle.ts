import { hash } from 'node:crypto'

/**
 * Hash of the complete subtree of 2^level leaves that begins at leaf index·2^level. Where the hashes come
 * from (tiles, a table, memory) is the reader's own matter.
 */
export type ReadHash = (level: number, index: number) => Buffer | Promise<Buffer>

/** A proof does not show what it should. */
export class ProofError extends Error {
  override readonly name = 'ProofError'
}

export const hashBytes = 32

/** Root of the empty tree (RFC 9162 §2.1.1). */
export const emptyRoot: Buffer = hash('sha256', Buffer.alloc(0), 'buffer')

/** SHA-256 of 0x00 and the entry (RFC 9162 §2.1.1). */
export function leafHashOf(entry: Uint8Array): Buffer {
  const leaf = Buffer.allocUnsafe(1 + entry.length)
  leaf[0] = 0
  leaf.set(entry, 1)
  return hash('sha256', leaf, 'buffer')
}

/** SHA-256 of 0x01 and both children (RFC 9162 §2.1.1). */
export function nodeHashOf(left: Uint8Array, right: Uint8Array): Buffer {
  const node = Buffer.allocUnsafe(1 + 2 * hashBytes)
  node[0] = 1
  node.set(left, 1)
  node.set(right, 1 + hashBytes)
  return hash('sha256', node, 'buffer')
}

/** Root of the first `size` leaves. */
export async function rootOf(size: number, read: ReadHash): Promise<Buffer> {
  return size === 0 ? emptyRoot : rangeRoot(0, size, read)
}

/**
 * RFC 9162 §2.1.3.1: the hashes that lead from a leaf to the root of the first `size` leaves.
 * @throws RangeError for a leaf that is not among them
 */
export async function inclusionProof(
  index: number,
  size: number,
  read: ReadHash,
): Promise<Buffer[]> {
  if (!isCount(size) || !isCount(index) || index >= size) throw new RangeError('no such leaf')
  const proof: Buffer[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const split = start + powerBelow(end - start)
    const isLeft = index < split
    proof.unshift(await rangeRoot(isLeft ? split : start, isLeft ? end : split, read))
    if (isLeft) end = split
    else start = split
  }
  return proof
}

/**
 * RFC 9162 §2.1.4.1: the hashes that show that the first `from` leaves are still what they were.
 * @throws RangeError unless 0 < from <= size
 */
export async function consistencyProof(
  from: number,
  size: number,
  read: ReadHash,
): Promise<Buffer[]> {
  if (!isCount(size) || !isCount(from) || from === 0 || from > size) {
    throw new RangeError('no such older tree')
  }
  const proof: Buffer[] = []
  let [start, end] = [0, size]
  let isWhole = true
  while (end > from) {
    const split = start + powerBelow(end - start)
    const isLeft = from <= split
    proof.unshift(await rangeRoot(isLeft ? split : start, isLeft ? end : split, read))
    if (isLeft) end = split
    else {
      start = split
      isWhole = false
    }
  }
  if (!isWhole) proof.unshift(await rangeRoot(start, end, read))
  return proof
}

export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * RFC 9162 §2.1.3.2.
 * @throws ProofError unless the leaf is at this index of the tree with this root
 */
export function verifyInclusion({ index, size, leafHash, root, proof }: InclusionClaim): void {
  if (!isCount(size) || !isCount(index) || index >= size) {
    throw new ProofError('the index is not below the size of the tree')
  }
  assertHashes([leafHash, ...proof])
  let [node, last] = [index, size - 1]
  let reached: Uint8Array = leafHash
  for (const sibling of proof) {
    if (last === 0) throw new ProofError('the inclusion proof is too long')
    if (node % 2 === 1 || node === last) {
      reached = nodeHashOf(sibling, reached)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      reached = nodeHashOf(reached, sibling)
    }
    node = half(node)
    last = half(last)
  }
  if (last !== 0) throw new ProofError('the inclusion proof is too short')
  if (!isSame(reached, root)) throw new ProofError('the entry is not in this tree at this index')
}

export interface ConsistencyClaim {
  readonly from: number
  readonly fromRoot: Uint8Array
  readonly size: number
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * RFC 9162 §2.1.4.2. An empty older tree, of which the standard has no proof, is consistent with any.
 * @throws ProofError unless the older tree is the beginning of the newer one
 */
export function verifyConsistency(claim: ConsistencyClaim): void {
  const { from, fromRoot, size, root, proof } = claim
  assertHashes([fromRoot, ...proof])
  if (!isCount(from) || !isCount(size) || from > size) throw new ProofError('the tree has shrunk')
  if (from === 0 || from === size) {
    if (proof.length > 0) throw new ProofError('the consistency proof is too long')
    const expected = from === 0 ? emptyRoot : root
    if (!isSame(fromRoot, expected)) throw new ProofError('trees of one size have different roots')
    return
  }
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof]
  const roots = rootsAlong(path, from, size)
  if (!isSame(roots.older, fromRoot) || !isSame(roots.newer, root)) {
    throw new ProofError('the older tree is not the beginning of the newer one')
  }
}

function rootsAlong(
  path: readonly Uint8Array[],
  from: number,
  size: number,
): { readonly older: Uint8Array; readonly newer: Uint8Array } {
  const [first, ...rest] = path
  if (!first) throw new ProofError('the consistency proof is too short')
  let [node, last] = [from - 1, size - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  let [older, newer] = [first, first]
  for (const sibling of rest) {
    if (last === 0) throw new ProofError('the consistency proof is too long')
    if (node % 2 === 1 || node === last) {
      older = nodeHashOf(sibling, older)
      newer = nodeHashOf(sibling, newer)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      newer = nodeHashOf(newer, sibling)
    }
    node = half(node)
    last = half(last)
  }
  if (last !== 0) throw new ProofError('the consistency proof is too short')
  return { older, newer }
}

/** Root of the leaves from `start` on and before `end`; start is a multiple of the power above. */
async function rangeRoot(start: number, end: number, read: ReadHash): Promise<Buffer> {
  const size = end - start
  if (isPowerOfTwo(size)) return read(Math.log2(size), start / size)
  const split = start + powerBelow(size)
  return nodeHashOf(await rangeRoot(start, split, read), await rangeRoot(split, end, read))
}

/** The largest power of two below a number above 1. */
function powerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

// Sizes may pass 2^31, so no bit operations.
function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(Math.log2(size)) && 2 ** Math.round(Math.log2(size)) === size
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

/** @throws ProofError for what is no hash, as a proof from elsewhere may bring */
function assertHashes(hashes: readonly Uint8Array[]): void {
  if (hashes.every(({ length }) => length === hashBytes)) return
  throw new ProofError(`a hash has ${hashBytes} bytes`)
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === hashBytes && Buffer.compare(one, other) === 0
}
