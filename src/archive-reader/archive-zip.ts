import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { archiveFileLimits, archiveLimits } from '../limits/log-archive.js'
import { noteBytesMax } from '../limits/transparency.js'
import { ArchiveError } from './archive-error.js'

const stored = 0
const deflated = 8
/** General purpose bits: sizes after the data, a UTF-8 name, how hard a compressor tried. */
const harmlessBits = 0x080e
const bundleBytesMax = archiveLimits.bundleEntries * (2 + archiveFileLimits.entryBytesMax)

interface Kind {
  readonly pattern: RegExp
  readonly bytesMax: number
  /** Ciphertext does not shrink; what is stored as it is cannot unfold to more than the file holds. */
  readonly isStored?: boolean
}

/** Every name that a member may have, and what it may unfold to. */
const kinds: readonly Kind[] = [
  { pattern: /^manifest\.json$/, bytesMax: archiveFileLimits.manifestBytesMax },
  { pattern: /^checkpoint$/, bytesMax: noteBytesMax },
  { pattern: /^timestamps\/[0-9]{3}\.tst$/, bytesMax: archiveFileLimits.smallMemberBytesMax },
  {
    pattern: /^tree\/(?:left|right|bundles)$/,
    bytesMax: archiveFileLimits.smallMemberBytesMax,
  },
  { pattern: /^entries\/[0-9]{16}$/, bytesMax: bundleBytesMax },
  { pattern: /^index\/[0-9a-f-]{36}-[012]$/, bytesMax: archiveFileLimits.smallMemberBytesMax },
  { pattern: /^payloads\/keys\.json$/, bytesMax: archiveFileLimits.dataKeysBytesMax },
  { pattern: /^payloads\/[0-9]{16}$/, bytesMax: Number.MAX_SAFE_INTEGER, isStored: true },
]

/** The members of an archive file that a stranger may have made. Nothing is ever unpacked to a disk. */
export class ArchiveZip {
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip
    this.#entries = entries
  }

  /**
   * Opens a file and looks at the list of its members. The caller closes it.
   * @throws ArchiveError; Error where the file itself cannot be read
   */
  static async open(path: string): Promise<ArchiveZip> {
    const zip = await opened(path)
    try {
      return new ArchiveZip(zip, await listed(zip))
    } catch (error) {
      zip.close()
      throw error
    }
  }

  get names(): Iterable<string> {
    return this.#entries.keys()
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** @returns length of a member's content, bytes. @throws ArchiveError where there is none */
  sizeOf(name: string): number {
    return this.#entry(name).uncompressedSize
  }

  /** @throws ArchiveError for a member that is missing, damaged or longer than it says */
  async read(name: string): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of this.stream(name)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }

  /** @throws ArchiveError like {@link read} */
  async *stream(name: string): AsyncGenerator<Buffer, void> {
    const entry = this.#entry(name)
    try {
      await checkHeader(this.#zip, entry)
      // yauzl ends the stream with an error at the first byte beyond the size that was stated.
      const content = await this.#zip.openReadStreamPromise(entry)
      for await (const chunk of content) yield chunk as Buffer
    } catch (error) {
      if (error instanceof ArchiveError) throw error
      throw new ArchiveError('part-changed', name, { cause: error })
    }
  }

  close(): void {
    this.#zip.close()
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name)
    if (!entry) throw new ArchiveError('part-missing', name)
    return entry
  }
}

async function opened(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { strictFileNames: true, autoClose: false })
  } catch (error) {
    if (isOfSystem(error)) throw error
    throw new ArchiveError('not-a-zip', undefined, { cause: error })
  }
}

/** A file that is not there, or that may not be read, says nothing of what is in it. */
function isOfSystem(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined
}

async function listed(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > archiveFileLimits.membersMax) throw new ArchiveError('too-large')
  const entries = new Map<string, Entry>()
  let packedBytes = 0
  for await (const entry of walked(zip)) {
    checkEntry(entry)
    if (entries.has(entry.fileName)) throw new ArchiveError('name-twice', entry.fileName)
    entries.set(entry.fileName, entry)
    // Members that lie over one another could unfold one bomb many times.
    packedBytes += entry.compressedSize
    if (packedBytes > zip.fileSize) throw new ArchiveError('not-a-zip')
  }
  return entries
}

async function* walked(zip: ZipFile): AsyncGenerator<Entry, void> {
  const entries = zip.eachEntry()
  for (;;) {
    let step: IteratorResult<Entry, unknown>
    try {
      step = await entries.next()
    } catch (error) {
      const isName = /^Error: (?:invalid (?:relative path|characters)|absolute path)/.test(
        String(error),
      )
      throw new ArchiveError(isName ? 'bad-name' : 'not-a-zip', undefined, { cause: error })
    }
    if (step.done === true) return
    yield step.value
  }
}

function checkEntry(entry: Entry): void {
  const { fileName, compressionMethod: method, uncompressedSize } = entry
  // A foreign name is not quoted: its author may be an enemy.
  const kind = kinds.find(({ pattern }) => pattern.test(fileName))
  if (!kind) throw new ArchiveError('bad-name')
  const isKnown = method === stored || (method === deflated && kind.isStored !== true)
  if (!isKnown || (entry.generalPurposeBitFlag & ~harmlessBits) !== 0) {
    throw new ArchiveError('unknown-packing', fileName)
  }
  if (uncompressedSize > kind.bytesMax) throw new ArchiveError('too-large', fileName)
}

/** Other tools may go by the header beside the data; it must speak of the same member. */
async function checkHeader(zip: ZipFile, entry: Entry): Promise<void> {
  const own = await zip.readLocalFileHeaderPromise(entry)
  const isSame =
    own.compressionMethod === entry.compressionMethod &&
    own.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    own.fileName.equals(entry.fileNameRaw)
  if (!isSame) throw new ArchiveError('headers-differ', entry.fileName)
}
