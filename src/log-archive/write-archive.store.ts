import type { ClientBase } from 'pg'
import { archiveLimits } from '../limits/log-archive.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { rootOf, type ReadHash } from '../tlog/merkle.js'
import { tileHeight, tileWidth } from '../tlog/tile.js'
import { ArchiveFileWriter } from './archive-file-writer.js'
import {
  archiveFormat,
  bundleOf,
  indexBytes,
  indexPartName,
  numberedPartName,
} from './archive-format.js'
import type { LogRange } from './archive-plan.store.js'
import {
  BundlePayloads,
  readAttestations,
  readBundle,
  readDataKeyRows,
  readIndex,
  type Attestations,
} from './archive-source.store.js'

/** One file that is to be written. */
export interface ArchiveTask {
  readonly log: string
  readonly origin: string
  readonly from: number
  readonly to: number
  readonly checkpoint: LogRange['checkpoint']
  /** SHA-256 of the manifest of the file before, base64; null for a log's first one. */
  readonly previous: string | null
  /** The log's verifier key, where it is known. */
  readonly logKey: string | null
  readonly madeAt: Date
  readonly onEntries?: (written: number, of: number) => void
}

/**
 * Writes an archive file, durably. It is not yet believed: whoever asked for it reads it back.
 * @throws ArchiveRefusal where something of it is not in the database
 */
export async function writeArchive(
  client: ClientBase,
  path: string,
  task: ArchiveTask,
): Promise<void> {
  const file = await ArchiveFileWriter.open(path)
  try {
    await new ArchiveWriting(client, file, task).run()
    await file.finish()
  } catch (error) {
    file.abandon()
    throw error
  }
}

class ArchiveWriting {
  readonly #client: ClientBase
  readonly #file: ArchiveFileWriter
  readonly #task: ArchiveTask
  readonly #read: ReadHash
  readonly #dataKeys = new Set<string>()

  constructor(client: ClientBase, file: ArchiveFileWriter, task: ArchiveTask) {
    this.#client = client
    this.#file = file
    this.#task = task
    this.#read = new LogTreeStore(client).hashesOf(task.log, task.checkpoint.size)
  }

  async run(): Promise<void> {
    const { log, from, to, checkpoint } = this.#task
    const attestations = await readAttestations(this.#client, log, checkpoint.size)
    await this.#writeAttestations(attestations)
    await this.#writeTree()
    for (let first = from; first < to;) {
      const beyond = Math.min(to, (Math.floor(first / tileWidth) + 1) * tileWidth)
      await this.#writeBundle(first, beyond)
      this.#task.onEntries?.(beyond - from, to - from)
      first = beyond
    }
    for await (const lines of readIndex(this.#client, { log, from, to })) {
      const [line] = lines
      if (line) await this.#file.add(indexPartName(line), indexBytes(lines))
    }
    await this.#writeDataKeys()
    const manifest = await this.#manifest(attestations)
    await this.#file.add('manifest.json', Buffer.from(JSON.stringify(manifest, undefined, 1)))
  }

  async #writeAttestations({ cosignatures, timestamps }: Attestations): Promise<void> {
    const lines = cosignatures.map((line) => (line.endsWith('\n') ? line : `${line}\n`))
    await this.#file.add('checkpoint', Buffer.from(this.#task.checkpoint.note + lines.join('')))
    for (const [n, { token }] of timestamps.entries()) {
      await this.#file.add(timestampPart(n), token, false)
    }
  }

  /** The hashes that make the checkpoint's tree together with the entries of the file. */
  async #writeTree(): Promise<void> {
    const { from, to, checkpoint } = this.#task
    await this.#file.add('tree/left', await this.#over(0, from), false)
    await this.#file.add('tree/right', await this.#over(to, checkpoint.size), false)
    const bundles: Buffer[] = []
    const end = Math.floor(to / tileWidth)
    for (let tile = Math.ceil(from / tileWidth); tile < end; tile++) {
      bundles.push(await this.#read(tileHeight, tile))
    }
    await this.#file.add('tree/bundles', Buffer.concat(bundles), false)
  }

  /** Hashes of the complete subtrees that cover these leaves, from the left, each as large as fits. */
  async #over(start: number, end: number): Promise<Buffer> {
    const hashes: Buffer[] = []
    let at = start
    while (at < end) {
      let level = 0
      while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1
      hashes.push(await this.#read(level, at / 2 ** level))
      at += 2 ** level
    }
    return Buffer.concat(hashes)
  }

  async #writeBundle(from: number, to: number): Promise<void> {
    const range = { log: this.#task.log, from, to }
    const entries = await readBundle(this.#client, range)
    await this.#file.add(numberedPartName('entries', from), bundleOf(entries))
    const payloads = await BundlePayloads.open(this.#client, range)
    if (payloads.isEmpty) return
    await this.#file.add(numberedPartName('payloads', from), payloads.content(), false)
    for (const id of payloads.dataKeyIds) this.#dataKeys.add(id)
  }

  /** With the payloads, so that both go at the end of their retention. */
  async #writeDataKeys(): Promise<void> {
    if (this.#dataKeys.size === 0) return
    const keys = await readDataKeyRows(this.#client, [...this.#dataKeys])
    await this.#file.add('payloads/keys.json', Buffer.from(JSON.stringify(keys)))
  }

  async #manifest({ timestamps }: Attestations): Promise<object> {
    const { log, origin, from, to, checkpoint, previous, logKey, madeAt } = this.#task
    const head = async (size: number): Promise<object> => ({
      size,
      root: (await rootOf(size, this.#read)).toString('base64'),
    })
    return {
      format: archiveFormat,
      origin,
      log,
      start: await head(from),
      end: await head(to),
      checkpoint: { size: checkpoint.size, root: checkpoint.root.toString('base64') },
      previous,
      logKey,
      madeAt: madeAt.toISOString(),
      timestamps: timestamps.map(({ tsa, at }, n) => ({
        part: timestampPart(n),
        tsa,
        at: at.toISOString(),
      })),
      parts: this.#file.parts,
    }
  }
}

function timestampPart(n: number): string {
  return `timestamps/${String(n).padStart(3, '0')}.tst`
}

/** The ranges of the files that one range of a log makes. */
export function fileRanges(
  from: number,
  to: number,
  entriesMax: number = archiveLimits.fileEntriesMax,
): { readonly from: number; readonly to: number }[] {
  const ranges = []
  for (let start = from; start < to; start += entriesMax) {
    ranges.push({ from: start, to: Math.min(to, start + entriesMax) })
  }
  return ranges
}
