import { hash } from 'node:crypto'
import { readManifest, writeManifest, type Manifest } from './asic-manifest.js'
import { ContainerError } from './container-error.js'
import { comparableName } from './file-name.js'
import { mediaTypeOf } from './media-type.js'
import { readZip, type ContainerFiles } from './read-zip.js'
import { writeZip } from './write-zip.js'

/** Signs the manifest's bytes: DER of a detached CAdES signature. */
export type Seal = (manifest: Buffer) => Promise<Buffer>

/** A container taken apart, of which it is known that its files are the ones that its manifest names. */
export interface OpenedContainer {
  /** Files that the seal covers, without those of the container's own. */
  readonly files: ContainerFiles
  /** The bytes that the seal signs. */
  readonly manifest: Buffer
  /** DER of the seal, of which nothing is known yet. */
  readonly seal: Buffer
}

export const containerMediaType = 'application/vnd.etsi.asic-e+zip'
const mimetypeFile = 'mimetype'
export const manifestFile = 'META-INF/ASiCManifest001.xml'
export const sealFile = 'META-INF/signature001.p7s'
const ownFolder = 'META-INF/'

/**
 * Writes an ASiC-E container with CAdES (ETSI EN 319 162-1 §4.4.4): its media type first and stored, the files,
 * the manifest that names each with its digest, and the seal over the manifest.
 * @throws ContainerError too-large, too-many-files
 */
export async function writeContainer(files: ContainerFiles, seal: Seal): Promise<Buffer> {
  const manifest = writeManifest({
    signature: sealFile,
    files: [...files].map(([name, content]) => ({
      name,
      mediaType: mediaTypeOf(name),
      digest: hash('sha256', content, 'buffer'),
    })),
  })
  return writeZip(
    new Map([
      [mimetypeFile, Buffer.from(containerMediaType)],
      ...files,
      [manifestFile, manifest],
      [sealFile, await seal(manifest)],
    ]),
  )
}

/**
 * Opens a container and compares every file with the manifest.
 * @returns what is in it, and every file that is missing, changed or added, by name
 * @throws ContainerError for a file that is no such container
 */
export async function openContainer(
  bytes: Buffer,
): Promise<{ readonly container: OpenedContainer; readonly defects: readonly ContainerError[] }> {
  const { first, files: all } = await readZip(bytes)
  const isAsic =
    first.name === mimetypeFile &&
    first.isStored &&
    all.get(mimetypeFile)?.toString('latin1') === containerMediaType
  if (!isAsic) throw new ContainerError('not-asic', mimetypeFile)
  const manifest = fileOf(all, manifestFile)
  const seal = fileOf(all, sealFile)
  const read = readManifest(manifest, manifestFile)
  if (read.signature !== sealFile) throw new ContainerError('manifest-unreadable', manifestFile)
  const files = new Map(all)
  for (const name of [mimetypeFile, manifestFile, sealFile]) files.delete(name)
  return { container: { files, manifest, seal }, defects: [...defectsOf(files, read)] }
}

function fileOf(files: ContainerFiles, name: string): Buffer {
  const content = files.get(name)
  if (!content) throw new ContainerError('file-missing', name)
  return content
}

function* defectsOf(files: ContainerFiles, { files: listed }: Manifest): Generator<ContainerError> {
  const names = new Set<string>()
  const comparable = new Set<string>([mimetypeFile])
  for (const { name, digest } of listed) {
    if (comparable.has(comparableName(name)) || name.startsWith(ownFolder)) {
      throw new ContainerError('manifest-unreadable', manifestFile)
    }
    names.add(name)
    comparable.add(comparableName(name))
    const content = files.get(name)
    if (!content) yield new ContainerError('file-missing', name)
    else if (!hash('sha256', content, 'buffer').equals(digest)) {
      yield new ContainerError('file-changed', name)
    }
  }
  for (const name of files.keys()) {
    if (!names.has(name)) yield new ContainerError('file-added', name)
  }
}
