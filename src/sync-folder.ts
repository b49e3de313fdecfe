import { open } from 'node:fs/promises'

/** Makes names in a folder durable: files that came to it, or took the place of others. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing, and keeps names in order by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
