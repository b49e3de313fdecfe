import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { contractLimits } from '../limits/contracts.js'
import type { ContractFiles } from './contract-files.js'

/**
 * A contract's files as one piece, for the registry: raw DEFLATE (RFC 1951) over a JSON array of pairs of name and
 * content in base64, in the order of names. A contract's digest is of what is in it, not of this form.
 */
export function packFiles(files: ContractFiles): Uint8Array {
  const pairs = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])
  return deflateRawSync(JSON.stringify(pairs))
}

/**
 * What `packFiles` packed.
 * @throws Error where it is none, or more than a contract may have
 */
export function unpackFiles(packed: Uint8Array): ContractFiles {
  const text = inflateRawSync(packed, { maxOutputLength: contractLimits.unpackedBytesMax })
  const pairs = JSON.parse(text.toString()) as unknown
  if (!Array.isArray(pairs)) throw new Error('a packed contract is no list')
  return new Map(pairs.map(readPair))
}

function readPair(pair: unknown): [string, Uint8Array] {
  const [name, content] = Array.isArray(pair) ? (pair as unknown[]) : []
  if (typeof name !== 'string' || typeof content !== 'string') {
    throw new Error('a packed contract has a file that is none')
  }
  return [name, new Uint8Array(Buffer.from(content, 'base64'))]
}
