import { z } from 'zod'
import { ArchiveError } from './archive-error.js'
import type { ArchiveParts } from './archive-parts.js'

export const dataKeysPart = 'payloads/keys.json'

const keysSchema = z.array(
  z.strictObject({
    id: z.uuid(),
    wrappedKey: z.base64(),
    masterKeyId: z.string(),
    createdAt: z.iso.datetime(),
  }),
)

/** A data key as it is stored: wrapped by the key from outside the database. */
export interface StoredDataKey {
  readonly id: string
  readonly wrappedKey: Buffer
  readonly masterKeyId: string
  readonly createdAt: Date
}

/** The data keys of a file's payloads, by id. @throws ArchiveError */
export async function readDataKeys(parts: ArchiveParts): Promise<Map<string, StoredDataKey>> {
  if (!parts.has(dataKeysPart)) return new Map()
  const bytes = await parts.read(dataKeysPart)
  try {
    const keys = keysSchema.parse(JSON.parse(bytes.toString('utf8')))
    return new Map(
      keys.map(({ id, wrappedKey, masterKeyId, createdAt }) => [
        id,
        {
          id,
          wrappedKey: Buffer.from(wrappedKey, 'base64'),
          masterKeyId,
          createdAt: new Date(createdAt),
        },
      ]),
    )
  } catch (error) {
    throw new ArchiveError('part-unreadable', dataKeysPart, { cause: error })
  }
}
