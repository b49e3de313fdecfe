import { containerBytesMax, containerFilesMax } from '../limits/evidence.js'
import { ContainerError } from './container-error.js'

/** Where the list of an archive's files stands. */
export interface ZipDirectory {
  readonly start: number
  readonly end: number
  readonly files: number
}

const endSignature = 0x06054b50
const endBytes = 22
const unknownSize = 0xffffffff
const unknownCount = 0xffff

/**
 * Reads the end of an archive (APPNOTE 4.3.16). Readers search for it backwards, and two of them may find
 * two: here it is the last bytes of the file, and the list of files stands right before it.
 * @throws ContainerError not-a-zip, too-large, too-many-files, foreign-bytes, unknown-packing
 */
export function readZipEnd(bytes: Buffer): ZipDirectory {
  if (bytes.length > containerBytesMax) throw new ContainerError('too-large')
  const at = bytes.length - endBytes
  if (at < 0) throw new ContainerError('not-a-zip')
  if (bytes.readUInt32LE(at) !== endSignature) {
    // With a comment, or with anything else after it, the end is not where it must be.
    const isElsewhere = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) >= 0
    throw new ContainerError(isElsewhere ? 'foreign-bytes' : 'not-a-zip')
  }
  const files = bytes.readUInt16LE(at + 10)
  const size = bytes.readUInt32LE(at + 12)
  const start = bytes.readUInt32LE(at + 16)
  if (start === unknownSize || size === unknownSize || files === unknownCount) {
    throw new ContainerError('unknown-packing')
  }
  if (files > containerFilesMax) throw new ContainerError('too-many-files')
  const isWhole = bytes.readUInt32LE(at + 4) === 0 && bytes.readUInt16LE(at + 8) === files
  if (!isWhole || files === 0) throw new ContainerError('not-a-zip')
  if (bytes.readUInt16LE(at + 20) !== 0 || start + size !== at) {
    throw new ContainerError('foreign-bytes')
  }
  return { start, end: at, files }
}
