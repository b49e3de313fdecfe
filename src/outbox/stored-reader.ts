import type { KeptEntries, KeptEntry } from '../message-log/stored-requests.store.js'

interface Asked {
  readonly exchangeId: string
  readonly resolve: (kept: KeptEntry | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Reads requests back: what is asked for in one turn of the event loop, by whichever lanes, with one question. */
export class StoredReader {
  readonly #readAll: (exchangeIds: readonly string[]) => Promise<KeptEntries>
  #asked: Asked[] = []

  constructor(readAll: (exchangeIds: readonly string[]) => Promise<KeptEntries>) {
    this.#readAll = readAll
  }

  /** @returns undefined where the log has no such request. Rejects where it could not be read */
  read(exchangeId: string): Promise<KeptEntry | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => void this.#ask())
      this.#asked.push({ exchangeId, resolve, reject })
    })
  }

  async #ask(): Promise<void> {
    const asked = this.#asked
    this.#asked = []
    try {
      const found = await this.#readAll(asked.map(({ exchangeId }) => exchangeId))
      for (const { exchangeId, resolve, reject } of asked) {
        const kept = found.get(exchangeId)
        if (kept instanceof Error) reject(kept)
        else resolve(kept)
      }
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
}
