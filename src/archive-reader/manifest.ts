import { hash } from 'node:crypto'
import { z } from 'zod'
import { archiveFileLimits, archiveLimits } from '../limits/log-archive.js'
import { ArchiveError } from './archive-error.js'
import type { ArchiveZip } from './archive-zip.js'
import { hashBytes } from './tree-hash.js'

export const manifestName = 'manifest.json'

const size = z.int().min(0)
const digest = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').length === hashBytes, 'is no digest')
const treeHead = z.strictObject({ size, root: digest })

const manifestSchema = z.strictObject({
  format: z.literal('sluice-log-archive/1'),
  origin: z.string().min(1).max(1_000),
  log: z.string().min(1).max(1_000),
  /** The tree before the first entry of the file, and after the last. */
  start: treeHead,
  end: treeHead,
  /** The signed tree head that the file ends under; it may be larger than the file's end. */
  checkpoint: treeHead,
  /** SHA-256 of the manifest of the file before; null in a log's first file. */
  previous: digest.nullable(),
  /** The log's public key as the bus states it; who doubts takes the one that was published. */
  logKey: z.string().max(1_000).nullable(),
  madeAt: z.iso.datetime(),
  timestamps: z
    .array(z.strictObject({ part: z.string(), tsa: z.string().max(1_000), at: z.iso.datetime() }))
    .max(archiveFileLimits.timestampsMax),
  parts: z
    .array(z.strictObject({ name: z.string(), bytes: size, sha256: digest }))
    .max(archiveFileLimits.membersMax),
})

export type Manifest = z.infer<typeof manifestSchema>

export interface ReadManifest {
  readonly manifest: Manifest
  /** SHA-256 of the manifest's bytes: what the next file, and the live log, know the file by. */
  readonly digest: string
  /** Parts whose bytes the manifest states and that are in the file. */
  readonly parts: ReadonlyMap<string, Manifest['parts'][number]>
  /** Parts with payloads that are no longer in the file: erased at the end of their retention. */
  readonly erased: readonly string[]
}

/**
 * Reads the list of a file's parts and holds it against the parts that are there. Parts with payloads may
 * be missing: they are taken out at the end of their retention, and nothing that is proved needs them.
 * @throws ArchiveError
 */
export async function readManifest(zip: ArchiveZip): Promise<ReadManifest> {
  const bytes = await zip.read(manifestName)
  const manifest = parsed(bytes)
  const parts = new Map<string, Manifest['parts'][number]>()
  const erased: string[] = []
  const named = new Set([manifestName])
  for (const part of manifest.parts) {
    if (named.has(part.name)) throw new ArchiveError('manifest-unreadable')
    named.add(part.name)
    if (zip.has(part.name)) parts.set(part.name, part)
    else if (part.name.startsWith('payloads/')) erased.push(part.name)
    else throw new ArchiveError('part-missing', printable(part.name))
  }
  for (const name of zip.names) {
    if (!named.has(name)) throw new ArchiveError('part-added', name)
  }
  return { manifest, digest: hash('sha256', bytes, 'base64'), parts, erased }
}

function parsed(bytes: Buffer): Manifest {
  let content: unknown
  try {
    content = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new ArchiveError('manifest-unreadable', undefined, { cause: error })
  }
  const { success, data: manifest, error } = manifestSchema.safeParse(content)
  if (!success) throw new ArchiveError('manifest-unreadable', undefined, { cause: error })
  const { start, end, checkpoint } = manifest
  const entries = end.size - start.size
  const isInOrder = entries > 0 && entries <= archiveLimits.fileEntriesMax
  if (
    !isInOrder ||
    end.size > checkpoint.size ||
    (start.size === 0) !== (manifest.previous === null)
  ) {
    throw new ArchiveError('manifest-unreadable')
  }
  return manifest
}

/** Somebody chose this text; it must not steer the reader's terminal. */
function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x21-\x7e]/g, '\ufffd')
}
