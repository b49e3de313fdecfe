import { createHash, hash } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import type { SpooledPayload } from '../../exchange/payload.js'
import type { HeaderFields } from './header-fields.js'
import { readDictionary } from './signature-fields.js'
import { isInnerList } from './structured-values.js'
import { bytesText } from './structured-fields-text.js'

/** The digests of a `Content-Digest` field (RFC 9530 §2) that we know how to check. */
export interface ContentDigests {
  readonly sha256: Uint8Array | undefined
  readonly sha512: Uint8Array | undefined
}

/**
 * Reads `Content-Digest`; undefined where the message has none. Algorithms that RFC 9530 §5 calls
 * deprecated, and unknown ones, are passed over, but one that we trust must be there.
 * @throws Fault SIGNATURE_INVALID when malformed, ALGORITHM_FORBIDDEN when no digest is trusted
 */
export function readContentDigest(fields: HeaderFields): ContentDigests | undefined {
  if (!fields.has('content-digest')) return undefined
  const digests = readDictionary(fields, 'content-digest')
  const read = (name: string, lengthBytes: number): Uint8Array | undefined => {
    const member = digests.get(name)
    if (member === undefined) return undefined
    const value = isInnerList(member) ? undefined : member.value
    if (value instanceof Uint8Array && value.length === lengthBytes) return value
    throw invalid('A digest is no byte sequence of the length that its algorithm has.')
  }
  const found = { sha256: read('sha-256', 32), sha512: read('sha-512', 64) }
  if (found.sha256 || found.sha512) return found
  throw new Fault('ALGORITHM_FORBIDDEN', {
    field: 'content-digest',
    detail: 'Content-Digest must hold a sha-256 or sha-512 digest.',
  })
}

/**
 * Whether every digest that was read is the digest of `payload`.
 * @param sha256 of the payload
 */
export function digestsMatch(
  digests: ContentDigests,
  payload: Uint8Array,
  sha256: Uint8Array,
): boolean {
  if (digests.sha256 && Buffer.compare(digests.sha256, sha256) !== 0) return false
  if (!digests.sha512) return true
  return Buffer.compare(digests.sha512, hash('sha512', payload, 'buffer')) === 0
}

/** The same of a payload that is read piece by piece. */
export async function spooledDigestsMatch(
  digests: ContentDigests,
  payload: SpooledPayload,
): Promise<boolean> {
  if (digests.sha256 && Buffer.compare(digests.sha256, payload.sha256) !== 0) return false
  if (!digests.sha512) return true
  const sha512 = createHash('sha512')
  for await (const piece of payload.pieces()) sha512.update(piece)
  return Buffer.compare(digests.sha512, sha512.digest()) === 0
}

export function sha256Of(payload: Uint8Array): Buffer {
  return hash('sha256', payload, 'buffer')
}

/** Value of a `Content-Digest` field for a payload. */
export function contentDigestText(sha256: Uint8Array): string {
  return `sha-256=${bytesText(sha256)}`
}

/** The refusal of a payload that its signer did not digest. */
export function digestMismatch(): Fault {
  return invalid('The payload is not the one of which Content-Digest was made.')
}

function invalid(detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field: 'content-digest', detail })
}
