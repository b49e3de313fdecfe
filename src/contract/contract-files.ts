import { hash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractLimits } from '../limits/contracts.js'
import { ContractError, contractProblem, type ContractProblem } from './contract-error.js'

/** Files of a contract by their path in its folder, with forward slashes. */
export type ContractFiles = ReadonlyMap<string, Uint8Array>

/** A contract's folder. Samples show what the contract means, and are no part of it. */
export interface ContractFolder {
  readonly files: ContractFiles
  readonly samples: ContractFiles
}

/** A folder of this name holds the samples. */
export const samplesFolder = 'samples'

/**
 * Reads a contract's folder. What is no plain file or folder is refused, a link among them: it would lead out.
 * @throws ContractError
 */
export function readContractFolder(folder: string): ContractFolder {
  const found: FoundFiles = {
    files: new Map(),
    samples: new Map(),
    problems: [],
    count: 0,
    bytes: 0,
  }
  try {
    readInto(found, folder, '', 0)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    const az = `Qovluq oxuna bilmir (${code})`
    found.problems.push(contractProblem('', 0, az, `The folder cannot be read (${code})`))
  }
  if (found.problems.length > 0) throw new ContractError(found.problems)
  return { files: sorted(found.files), samples: sorted(found.samples) }
}

interface FoundFiles {
  readonly files: Map<string, Uint8Array>
  readonly samples: Map<string, Uint8Array>
  readonly problems: ContractProblem[]
  count: number
  bytes: number
}

function readInto(found: FoundFiles, folder: string, prefix: string, depth: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`
    // Names that a contract never has: of editors and of version control.
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory() && depth < contractLimits.folderDepthMax) {
      readInto(found, join(folder, entry.name), `${path}/`, depth + 1)
    } else if (!entry.isFile()) {
      const az = 'Adi fayl deyil (keçid və ya çox dərin qovluq ola bilər)'
      const en = 'It is no plain file: a link, or a folder too deep'
      found.problems.push(contractProblem(path, 0, az, en))
    } else if (!isPlainName(path)) {
      const az = 'Fayl adında yol verilməyən simvol var'
      found.problems.push(contractProblem(path, 0, az, 'The name of the file has an odd character'))
    } else readFile(found, join(folder, entry.name), path)
  }
}

/** Of one form in all file systems and in all that quotes it. */
export function isPlainName(path: string): boolean {
  return path.length <= contractLimits.pathCharsMax && /^[\p{L}\p{N}_.+\-() /]+$/u.test(path)
}

function readFile(found: FoundFiles, file: string, path: string): void {
  const { size } = lstatSync(file)
  found.count += 1
  found.bytes += size
  const { filesMax, bytesMax } = contractLimits
  if (found.count > filesMax || found.bytes > bytesMax) {
    if (found.count > filesMax + 1 || found.bytes - size > bytesMax) return
    const az = `Qovluqda ən çoxu ${filesMax} fayl və ${bytesMax} bayt ola bilər`
    const en = `The folder may have ${filesMax} files and ${bytesMax} bytes`
    found.problems.push(contractProblem(path, 0, az, en))
    return
  }
  const into = path.startsWith(`${samplesFolder}/`) ? found.samples : found.files
  into.set(path.normalize('NFC'), new Uint8Array(readFileSync(file)))
}

/** Files of an archive as a folder. */
export function folderOf(all: ContractFiles): ContractFolder {
  const isSample = ([name]: [string, Uint8Array]): boolean => name.startsWith(`${samplesFolder}/`)
  const files = new Map([...all].filter((each) => !isSample(each)))
  return { files: sorted(files), samples: sorted(new Map([...all].filter(isSample))) }
}

function sorted(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * The digest that names a contract: base64url SHA-256 over a line a file, in the order of names (UTF-16 code
 * units): SHA-256 of its content in hexadecimal, two blanks, its name, as `sha256sum` writes it.
 */
export function digestOf(files: ContractFiles): string {
  const lines = [...sorted(files)].map(
    ([name, bytes]) => `${hash('sha256', bytes, 'hex')}  ${name}\n`,
  )
  return hash('sha256', lines.join(''), 'base64url')
}
