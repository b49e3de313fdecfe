import { buffer as allOf } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { containerContentBytesMax } from '../limits/evidence.js'
import { ContainerError } from './container-error.js'
import { comparableName, isFileName } from './file-name.js'
import { readZipEnd, type ZipDirectory } from './zip-layout.js'

/** The files of an archive, in the order in which they stand in it. */
export type ContainerFiles = ReadonlyMap<string, Buffer>

/** The first file of an archive, which some formats lay down. */
export interface FirstFile {
  readonly name: string
  readonly isStored: boolean
}

export interface ReadArchive {
  readonly first: FirstFile
  readonly files: ContainerFiles
}

const stored = 0
const deflated = 8
/** General purpose bits: UTF-8 name, and the two that say how hard a compressor tried. */
const harmlessBits = 0x0806
const encryptedBits = 0x2041
const localHeaderBytes = 30
const directoryHeaderBytes = 46
const unixHost = 3
const unixFile = 0o100000

/**
 * Reads an archive that a stranger may have made. What two readers of it could understand differently is
 * refused: names that lead elsewhere or collide, files beside or over one another, a list that says other
 * things of a file than the file's own header does, bytes that nobody accounts for. What it may hold is
 * bounded by what it says, before anything is unpacked, and by what comes out.
 * @throws ContainerError
 */
export async function readZip(bytes: Buffer): Promise<ReadArchive> {
  const directory = readZipEnd(bytes)
  const zip = await opened(bytes)
  try {
    const entries = await entriesOf(zip, directory)
    const files = new Map<string, Buffer>()
    let next = 0
    for (const entry of entries) {
      if (entry.relativeOffsetOfLocalHeader !== next) throw new ContainerError('foreign-bytes')
      const start = await checkedStart(zip, entry)
      next = start + entry.compressedSize
      if (next > directory.start) throw new ContainerError('foreign-bytes')
      files.set(entry.fileName, await contentOf(zip, entry))
    }
    if (next !== directory.start) throw new ContainerError('foreign-bytes')
    const [first] = entries
    if (!first) throw new ContainerError('not-a-zip')
    return { first: { name: first.fileName, isStored: first.compressionMethod === stored }, files }
  } finally {
    zip.close()
  }
}

async function opened(bytes: Buffer): Promise<ZipFile> {
  try {
    return await fromBufferPromise(bytes, { strictFileNames: true })
  } catch (error) {
    throw new ContainerError('not-a-zip', undefined, { cause: error })
  }
}

/** The list of files, each looked at by itself and beside the others. */
async function entriesOf(zip: ZipFile, directory: ZipDirectory): Promise<Entry[]> {
  const entries: Entry[] = []
  const taken = new Set<string>()
  let listed = directory.start
  let contentBytes = 0
  for await (const entry of walked(zip)) {
    checkEntry(entry)
    const name = comparableName(entry.fileName)
    if (taken.has(name)) throw new ContainerError('name-twice', entry.fileName)
    taken.add(name)
    contentBytes += entry.uncompressedSize
    if (contentBytes > containerContentBytesMax) throw new ContainerError('too-large')
    listed += directoryHeaderBytes + entry.fileNameLength
    entries.push(entry)
  }
  if (listed !== directory.end) throw new ContainerError('foreign-bytes')
  for (const { fileName } of entries) checkFolders(fileName, taken)
  return entries
}

async function* walked(zip: ZipFile): AsyncGenerator<Entry, void> {
  const entries = zip.eachEntry()
  for (;;) {
    let step: IteratorResult<Entry, unknown>
    try {
      step = await entries.next()
    } catch (error) {
      const { message } = error as Error
      const isName = /^(?:invalid (?:relative path|characters)|absolute path)/.test(message)
      throw new ContainerError(isName ? 'bad-name' : 'not-a-zip', undefined, { cause: error })
    }
    if (step.done === true) return
    yield step.value
  }
}

function checkEntry(entry: Entry): void {
  const { fileName, generalPurposeBitFlag: bits, compressionMethod: method } = entry
  // A folder's name ends in a slash.
  if (fileName.endsWith('/')) throw new ContainerError('not-a-file')
  if (!isFileName(fileName)) throw new ContainerError('bad-name')
  if ((bits & encryptedBits) !== 0) throw new ContainerError('encrypted', fileName)
  const isPlain = entry.extraFieldLength === 0 && entry.fileCommentLength === 0
  const isKnown = method === stored || method === deflated
  if ((bits & ~harmlessBits) !== 0 || !isPlain || !isKnown) {
    throw new ContainerError('unknown-packing', fileName)
  }
  checkKind(entry)
}

/** Links, devices and folders are told by the mode that a Unix archiver writes down, or by DOS's bits. */
function checkKind({ versionMadeBy, externalFileAttributes, fileName }: Entry): void {
  const mode = externalFileAttributes >>> 16
  const isUnix = versionMadeBy >>> 8 === unixHost
  const kind = mode & 0o170000
  if ((isUnix && kind !== unixFile && kind !== 0) || (externalFileAttributes & 0x18) !== 0) {
    throw new ContainerError('not-a-file', fileName)
  }
}

/** A file and a folder of the same name would take each other's place when unpacked. */
function checkFolders(fileName: string, taken: ReadonlySet<string>): void {
  const segments = comparableName(fileName).split('/')
  for (let depth = 1; depth < segments.length; depth++) {
    if (taken.has(segments.slice(0, depth).join('/'))) {
      throw new ContainerError('name-twice', fileName)
    }
  }
}

/** @returns where the file's data begin */
async function checkedStart(zip: ZipFile, entry: Entry): Promise<number> {
  const { fileName, fileNameRaw } = entry
  try {
    const own = await zip.readLocalFileHeaderPromise(entry)
    const isSame =
      own.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
      own.compressionMethod === entry.compressionMethod &&
      own.crc32 === entry.crc32 &&
      own.compressedSize === entry.compressedSize &&
      own.uncompressedSize === entry.uncompressedSize &&
      own.extraFieldLength === 0 &&
      own.fileName.equals(fileNameRaw)
    if (!isSame) throw new ContainerError('headers-differ', fileName)
    return entry.relativeOffsetOfLocalHeader + localHeaderBytes + own.fileNameLength
  } catch (error) {
    if (error instanceof ContainerError) throw error
    throw new ContainerError('not-a-zip', fileName, { cause: error })
  }
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const { fileName, uncompressedSize } = entry
  try {
    // yauzl ends the stream with an error at the first byte beyond the size that was stated.
    const content = await allOf(await zip.openReadStreamPromise(entry))
    if (content.length === uncompressedSize && crc32(content) === entry.crc32) return content
  } catch (error) {
    throw new ContainerError('content-differs', fileName, { cause: error })
  }
  throw new ContainerError('content-differs', fileName)
}
