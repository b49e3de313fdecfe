import { createHash } from 'node:crypto'
import { ArchiveError } from './archive-error.js'
import type { ArchiveParts } from './archive-parts.js'
import type { EntryClaims } from './bundles.js'
import { readDataKeys, type StoredDataKey } from './data-keys.js'
import { framesOf, type PayloadFrame } from './payload-frames.js'

/** Checks, without opening anything, that what is kept of payloads is what their entries speak of. */
export class SealedPayloads {
  readonly #parts: ArchiveParts
  readonly #commitments: ReadonlyMap<string, Buffer>
  /** Payloads that are in the file. */
  held = 0

  private constructor(parts: ArchiveParts, keys: Iterable<StoredDataKey>) {
    this.#parts = parts
    this.#commitments = new Map([...keys].map((key) => [key.id, commitmentOf(key)]))
  }

  /** @throws ArchiveError */
  static async open(parts: ArchiveParts): Promise<SealedPayloads> {
    return new SealedPayloads(parts, (await readDataKeys(parts)).values())
  }

  /**
   * Checks one part with payloads, if the file has it.
   * @param claims - of the entries that the part belongs to, by index
   * @returns indexes of the entries whose payloads are in it
   * @throws ArchiveError
   */
  async check(
    part: string,
    claims: ReadonlyMap<number, EntryClaims>,
  ): Promise<ReadonlySet<number>> {
    const found = new Set<number>()
    if (!this.#parts.has(part)) return found
    let last = -1
    for await (const frame of framesOf(this.#parts.stream(part), part)) {
      const { index } = frame.head
      const entry = claims.get(index)
      if (!entry || index <= last) throw new ArchiveError('payload-differs', `entry ${index}`)
      last = index
      await this.#checkFrame(frame, entry)
      found.add(index)
    }
    this.held += found.size
    return found
  }

  async #checkFrame({ head, ciphertext }: PayloadFrame, entry: EntryClaims): Promise<void> {
    const commitment = this.#commitments.get(head.dataKeyId)
    if (!commitment) throw new ArchiveError('payload-differs', `entry ${head.index}`)
    // Entries of the first format say nothing of what is stored; only who has the key can check those.
    const sha256 = createHash('sha256').update(commitment).update(head.nonce)
    for await (const piece of ciphertext()) sha256.update(piece)
    const stated = entry.sealedPayloadDigest
    if (stated !== undefined && sha256.digest('base64url') !== stated) {
      throw new ArchiveError('payload-differs', `entry ${head.index}`)
    }
  }
}

/** SHA-256 of a data key's row: id, master key's id and time, a line each, and the wrapped key. */
function commitmentOf({ id, masterKeyId, createdAt, wrappedKey }: StoredDataKey): Buffer {
  return createHash('sha256')
    .update(`${id}\n${masterKeyId}\n${createdAt.toISOString()}\n`)
    .update(wrappedKey)
    .digest()
}
