import { chmod, mkdir, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { PayloadBudget } from '../exchange/adapter.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { Spool, SpoolWriter } from '../exchange/payload.js'
import { SpoolFile, spoolFileName } from './spool-file.js'
import { DiskWriter } from './spool-writer.js'

export interface DiskSpoolSettings {
  readonly directory: string
  /** Counts bytes on disk, as others count memory. */
  readonly budget: PayloadBudget
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** Keeps payloads in files that have no name: an encrypted file each, gone with its process. */
export class DiskSpool implements Spool {
  readonly #settings: DiskSpoolSettings
  /** By exchange; only those that keep something. */
  readonly #files = new Map<string, Set<SpoolFile>>()

  constructor(settings: DiskSpoolSettings) {
    this.#settings = settings
  }

  /** Files that are kept now. */
  get files(): number {
    let files = 0
    for (const ofExchange of this.#files.values()) files += ofExchange.size
    return files
  }

  /** Makes its folder, and removes what a process left that was killed at an unlucky moment. */
  async open(): Promise<void> {
    const { directory } = this.#settings
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await chmod(directory, 0o700)
    for (const name of await readdir(directory)) {
      // Another worker may be about to take the name away itself, which is all that a name is for.
      if (spoolFileName.test(name)) await unlink(join(directory, name)).catch(() => undefined)
    }
    const probe = new SpoolFile(directory)
    await probe.written
    probe.close()
  }

  writer(exchangeId: string, consumer: SubsystemId, announced = 0): SpoolWriter {
    const { directory, budget, warn } = this.#settings
    const holding = budget.hold(exchangeId, consumer)
    holding.assertRoom(holding.bytes + announced)
    const file = new SpoolFile(directory)
    const ofExchange = this.#files.get(exchangeId) ?? new Set()
    this.#files.set(exchangeId, ofExchange.add(file))
    return new DiskWriter({
      file,
      count: (more) => {
        // What was released with its exchange is not given back again.
        if (more > 0 || ofExchange.has(file)) holding.resize(holding.bytes + more)
      },
      failed: (error) => {
        const { code } = error as NodeJS.ErrnoException
        warn('spool.write_failed', { exchangeId, code, directory })
      },
      forget: () => {
        file.close()
        ofExchange.delete(file)
      },
    })
  }

  release(exchangeId: string): void {
    const ofExchange = this.#files.get(exchangeId)
    if (ofExchange) {
      this.#files.delete(exchangeId)
      for (const file of ofExchange) file.close()
      ofExchange.clear()
    }
    this.#settings.budget.release(exchangeId)
  }
}
