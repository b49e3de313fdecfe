import { buffer as allOf } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import { ZipFile as ZipWriter } from 'yazl'
import { contractLimits } from '../limits/contracts.js'
import { ContractError, contractProblem, type ContractProblem } from './contract-error.js'
import { folderOf, isPlainName, type ContractFiles, type ContractFolder } from './contract-files.js'
import { settingsFile } from './contract-settings.js'

const unixHost = 3
const unixFile = 0o100000
const unixFolder = 0o040000

/**
 * Reads a contract's folder out of a ZIP archive, as any tool packs it: with entries for folders or without, and with
 * the folder itself around its files or not. What it may hold is bounded by what it says, before anything is
 * unpacked, and by what comes out.
 * @throws ContractError
 */
export async function readContractArchive(bytes: Buffer): Promise<ContractFolder> {
  const zip = await opened(bytes)
  try {
    const entries = await entriesOf(zip)
    const files = new Map<string, Uint8Array>()
    for (const [name, entry] of entries) files.set(name, await contentOf(zip, entry))
    return folderOf(withoutFolderAround(files))
  } finally {
    zip.close()
  }
}

/** The files of a contract as an archive; the same files make the same bytes. */
export async function writeContractArchive(files: ContractFiles): Promise<Buffer> {
  const zip = new ZipWriter()
  // Its library takes the parts of the local time.
  const mtime = new Date(1980, 0, 1)
  for (const [name, content] of files) {
    zip.addBuffer(Buffer.from(content), name, { mtime, forceDosTimestamp: true, mode: 0o100644 })
  }
  zip.end()
  return allOf(zip.outputStream)
}

async function opened(bytes: Buffer): Promise<ZipFile> {
  try {
    return await fromBufferPromise(bytes, { strictFileNames: true })
  } catch (error) {
    throw noArchive(error)
  }
}

/** The files by their names, each looked at by itself and beside the others, and nothing unpacked yet. */
async function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const { filesMax, bytesMax } = contractLimits
  const found = new Map<string, Entry>()
  const problems: ContractProblem[] = []
  let listed = 0
  let contentBytes = 0
  for await (const entry of walked(zip)) {
    listed += 1
    contentBytes += entry.uncompressedSize
    // Folders have entries, too.
    if (listed > 2 * filesMax || found.size >= filesMax || contentBytes > bytesMax) throw tooMuch()
    const { fileName } = entry
    if (fileName.endsWith('/') || isHidden(fileName)) continue
    const name = fileName.normalize('NFC')
    const problem = found.has(name) ? twice(name) : problemOf(entry)
    if (problem) problems.push(problem)
    found.set(name, entry)
  }
  if (problems.length > 0) throw new ContractError(problems.slice(0, contractLimits.problemsMax))
  return found
}

async function* walked(zip: ZipFile): AsyncGenerator<Entry, void> {
  const entries = zip.eachEntry()
  for (;;) {
    let step: IteratorResult<Entry, unknown>
    try {
      step = await entries.next()
    } catch (error) {
      throw noArchive(error)
    }
    if (step.done === true) return
    yield step.value
  }
}

/** Names that a contract never has: of editors, of version control, and of systems that pack them. */
function isHidden(name: string): boolean {
  return name.split('/').some((segment) => segment.startsWith('.'))
}

function problemOf(entry: Entry): ContractProblem | undefined {
  const { fileName, versionMadeBy, externalFileAttributes } = entry
  if (!isPlainName(fileName) || fileName.split('/').length > contractLimits.folderDepthMax + 2) {
    const az = 'Fayl adında yol verilməyən simvol var və ya qovluq çox dərindir'
    // The name is a stranger's: it is told only where it is plain.
    return contractProblem('', 0, az, 'A file has an odd name, or lies in a folder too deep')
  }
  const kind = (externalFileAttributes >>> 16) & 0o170000
  const isOdd = kind !== unixFile && kind !== unixFolder && kind !== 0
  if (versionMadeBy >>> 8 === unixHost && isOdd) {
    return contractProblem(fileName, 0, 'Adi fayl deyil', 'It is no plain file')
  }
  if (entry.isEncrypted()) {
    return contractProblem(fileName, 0, 'Fayl şifrələnib', 'The file is encrypted')
  }
  return undefined
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const { fileName, uncompressedSize } = entry
  try {
    // yauzl ends the stream with an error at the first byte beyond the size that was stated.
    const content = await allOf(await zip.openReadStreamPromise(entry))
    if (content.length === uncompressedSize && crc32(content) === entry.crc32) {
      return new Uint8Array(content)
    }
  } catch (error) {
    throw damaged(fileName, error)
  }
  throw damaged(fileName)
}

/** Whoever packs a folder by its name has that around everything. */
function withoutFolderAround(files: ContractFiles): ContractFiles {
  if (files.has(settingsFile)) return files
  const [first = ''] = files.keys()
  const around = first.slice(0, first.indexOf('/') + 1)
  const names = [...files.keys()]
  if (around === '' || !names.every((name) => name.startsWith(around))) return files
  return new Map([...files].map(([name, bytes]) => [name.slice(around.length), bytes]))
}

function noArchive(cause: unknown): ContractError {
  const az = 'Fayl ZIP arxivi deyil və ya tam deyil'
  const en = 'The file is no ZIP archive, or is not whole'
  return new ContractError([contractProblem('', 0, az, en)], cause)
}

function tooMuch(): ContractError {
  const { filesMax, bytesMax } = contractLimits
  const az = `Qovluqda ən çoxu ${filesMax} fayl və ${bytesMax} bayt ola bilər`
  const en = `The folder may have ${filesMax} files and ${bytesMax} bytes`
  return new ContractError([contractProblem('', 0, az, en)])
}

function twice(name: string): ContractProblem {
  return contractProblem(name, 0, 'Arxivdə iki belə fayl var', 'The archive has two such files')
}

function damaged(name: string, cause?: unknown): ContractError {
  const az = 'Faylın məzmunu arxivdə göstərilən uzunluğa və ya yoxlama cəminə uyğun gəlmir'
  const en = 'The content does not have the length or the check sum that the archive states'
  return new ContractError([contractProblem(name, 0, az, en)], cause)
}
