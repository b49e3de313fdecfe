import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../sync-folder.js'

/** Replaces a file as a whole: a reader, or a start after a crash, finds the old text or the new one. */
export async function replaceDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  // The name, too, has to be on the disk.
  await syncFolder(dirname(path))
}
