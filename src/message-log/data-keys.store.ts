import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { makeDataKey, type DataKey, type MasterKey } from './payload-cipher.js'

export interface DataKeyLimits {
  /** Payloads that one key encrypts. */
  readonly payloadsMax: number
  /** How long one key is used, milliseconds. */
  readonly ageMsMax: number
}

/**
 * The keys that encrypt this process's payloads. A key is in the database, wrapped, before the
 * first payload is sealed with it: nothing is ever stored that nobody could open.
 */
export class DataKeys {
  readonly #master: MasterKey
  readonly #limits: DataKeyLimits
  readonly #now: () => Date
  #current: DataKey | undefined
  #fresh: DataKey

  constructor(master: MasterKey, limits: DataKeyLimits, now: () => Date) {
    this.#master = master
    this.#limits = limits
    this.#now = now
    this.#fresh = this.#make()
  }

  /** The key to seal with; undefined while none could be stored yet. */
  get current(): DataKey | undefined {
    return this.#current
  }

  /** Whether the current key has done its service and another should be stored. */
  get isDue(): boolean {
    if (!this.#current) return false
    const ageMs = this.#now().getTime() - this.#current.madeAt.getTime()
    return this.#current.sealed >= this.#limits.payloadsMax || ageMs >= this.#limits.ageMsMax
  }

  /** Stores a new key where one is needed, and goes over to it. */
  async renew(client: pg.Client): Promise<void> {
    if (this.#current && !this.isDue) return
    const key = this.#fresh
    await client.query(
      `INSERT INTO sluice.message_log_data_key (id, wrapped_key, master_key_id, created_at)
       VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
      [key.id, key.wrapped, this.#master.id, key.madeAt],
    )
    // Two connections may come here at once with the same key; the first goes over to it.
    if (key !== this.#fresh) return
    this.#current = key
    this.#fresh = this.#make()
  }

  #make(): DataKey {
    return makeDataKey(this.#master, randomUUID(), this.#now())
  }
}
