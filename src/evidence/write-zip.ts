import { buffer as allOf } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { containerBytesMax, containerFilesMax } from '../limits/evidence.js'
import { ContainerError } from './container-error.js'
import type { ContainerFiles } from './read-zip.js'

// Neither the hour nor the machine is seen in an archive: the same files make the same bytes. Its library
// takes the parts of the local time.
const noTime = new Date(1980, 0, 1)
const plainFile = 0o100644

/**
 * Writes an archive of these files in their order. They are stored as they are: no reader has to unpack
 * anything, so none can be made to unpack too much.
 * @throws ContainerError too-large, too-many-files
 */
export async function writeZip(files: ContainerFiles): Promise<Buffer> {
  if (files.size > containerFilesMax) throw new ContainerError('too-many-files')
  let bytes = 0
  for (const content of files.values()) bytes += content.length
  if (bytes > containerBytesMax) throw new ContainerError('too-large')
  const zip = new ZipFile()
  for (const [name, content] of files) {
    zip.addBuffer(content, name, {
      compress: false,
      mtime: noTime,
      mode: plainFile,
      forceDosTimestamp: true,
    })
  }
  zip.end()
  const written = await allOf(zip.outputStream)
  if (written.length > containerBytesMax) throw new ContainerError('too-large')
  return written
}
