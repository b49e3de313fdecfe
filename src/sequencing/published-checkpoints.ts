import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

const suffix = '.checkpoint'

/** Where a node keeps them. */
export function publishedFolderOf(directory: string): string {
  return join(directory, 'log')
}

/**
 * The last checkpoint of each log that this node published, outside the database: one that comes back from an
 * old backup would not know that it ever was further. A file for each log, a signed note like any other.
 */
export class PublishedCheckpoints {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Notes by log. */
  async read(): Promise<Map<string, string>> {
    const notes = new Map<string, string>()
    for (const log of await this.logs()) notes.set(log, await readFile(this.pathOf(log), 'utf8'))
    return notes
  }

  /** Names of the logs that there is a note of. */
  async logs(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    })
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => decodeURIComponent(name.slice(0, -suffix.length)))
  }

  /** Puts a note in the place of the one before: a machine that loses power has one or the other. */
  async keep(log: string, note: string): Promise<void> {
    const path = this.pathOf(log)
    const draft = `${path}.new`
    await mkdir(this.#folder, { recursive: true })
    const file = await open(draft, 'w', 0o644)
    try {
      await file.writeFile(note)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  }

  pathOf(log: string): string {
    return join(this.#folder, `${encodeURIComponent(log)}${suffix}`)
  }
}
