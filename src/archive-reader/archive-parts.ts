import { createHash, hash } from 'node:crypto'
import { ArchiveError } from './archive-error.js'
import type { ArchiveZip } from './archive-zip.js'
import type { ReadManifest } from './manifest.js'

/** The parts of a file, each held against what the manifest states of it, by whoever reads it. */
export class ArchiveParts {
  readonly #zip: ArchiveZip
  readonly #listed: ReadManifest['parts']
  readonly #unread: Set<string>

  constructor(zip: ArchiveZip, { parts }: ReadManifest) {
    this.#zip = zip
    this.#listed = parts
    this.#unread = new Set(parts.keys())
  }

  has(name: string): boolean {
    return this.#listed.has(name)
  }

  /** Names with this beginning, sorted. */
  namesUnder(folder: string): string[] {
    return [...this.#listed.keys()].filter((name) => name.startsWith(folder)).sort()
  }

  /** A part that nobody has read: it belongs to nothing that the manifest speaks of. */
  get unread(): string | undefined {
    const [name] = this.#unread
    return name
  }

  /** @throws ArchiveError for a part that is missing or not the one that was listed */
  async read(name: string): Promise<Buffer> {
    const stated = this.#stated(name)
    const content = await this.#zip.read(name)
    if (content.length !== stated.bytes || hash('sha256', content, 'base64') !== stated.sha256) {
      throw new ArchiveError('part-changed', name)
    }
    return content
  }

  /** The same piece by piece: the pieces count for nothing until the last one has come. */
  async *stream(name: string): AsyncGenerator<Buffer, void> {
    const stated = this.#stated(name)
    const sha256 = createHash('sha256')
    let bytes = 0
    for await (const chunk of this.#zip.stream(name)) {
      sha256.update(chunk)
      bytes += chunk.length
      yield chunk
    }
    if (bytes !== stated.bytes || sha256.digest('base64') !== stated.sha256) {
      throw new ArchiveError('part-changed', name)
    }
  }

  #stated(name: string): { readonly bytes: number; readonly sha256: string } {
    const stated = this.#listed.get(name)
    // The length is compared first, so that nothing is unpacked in vain.
    if (!stated) throw new ArchiveError('part-missing', name)
    if (this.#zip.sizeOf(name) !== stated.bytes) throw new ArchiveError('part-changed', name)
    this.#unread.delete(name)
    return stated
  }
}
