import { setTimeout as pause } from 'node:timers/promises'
import type { Secret } from '../config/secrets.js'
import { withdrawAddress } from '../database/database-address.js'
import type { EmbeddedPostgres } from '../database/embedded-postgres.js'
import type { SystemLog } from '../monitoring/system-log.js'
import type { HealthCheck } from './messages.js'

export interface EmbeddedDatabaseParts {
  /** Running, migrated, its address announced. */
  readonly server: EmbeddedPostgres
  /** Addresses of the logins of workers, jobs, auditors and the admin API, good for every server started on this folder. */
  readonly busUrl: Secret<string>
  readonly jobsUrl: Secret<string>
  readonly auditorUrl: Secret<string>
  readonly adminUrl: Secret<string>
  /** Starts it again at the same port, where workers look for it. */
  readonly start: (port: number) => Promise<EmbeddedPostgres>
  readonly directory: string
  readonly log: SystemLog
}

const retryMsMin = 100
const retryMsMax = 5_000

/**
 * The embedded server of a node, kept running: one that ends by itself is started again, and again
 * until it comes up. Meanwhile the workers refuse what they cannot log; once it is back they
 * connect to the same address and go on.
 */
export class EmbeddedDatabase {
  readonly busUrl: Secret<string>
  readonly jobsUrl: Secret<string>
  readonly auditorUrl: Secret<string>
  readonly adminUrl: Secret<string>
  readonly #parts: EmbeddedDatabaseParts
  readonly #closing = new AbortController()
  readonly #keeping: Promise<void>
  #server: EmbeddedPostgres
  #trouble: string | undefined
  #restarts = 0

  constructor(parts: EmbeddedDatabaseParts) {
    this.#parts = parts
    this.#server = parts.server
    this.busUrl = parts.busUrl
    this.jobsUrl = parts.jobsUrl
    this.auditorUrl = parts.auditorUrl
    this.adminUrl = parts.adminUrl
    this.#keeping = this.#keepRunning()
  }

  get restarts(): number {
    return this.#restarts
  }

  checks(): HealthCheck[] {
    if (this.#trouble === undefined) return []
    return [{ name: 'embedded database', ok: false, why: this.#trouble }]
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const server = this.#server
    if (this.#trouble === undefined) await server.stop()
    await this.#keeping
    // A start that was under way may have come up meanwhile.
    if (this.#server !== server) await this.#server.stop()
    withdrawAddress(this.#parts.directory)
  }

  async #keepRunning(): Promise<void> {
    for (;;) {
      await this.#server.ended
      if (this.#isClosing()) return
      this.#trouble = 'it ended by itself and is being started again'
      this.#parts.log.error('embedded database ended by itself; starting it again')
      // Gives the folder back, so that the new server may claim it.
      await this.#server.stop()
      await this.#startAgain()
      if (this.#isClosing()) return
      this.#restarts += 1
      this.#trouble = undefined
      this.#parts.log.info('embedded database is back')
    }
  }

  async #startAgain(): Promise<void> {
    for (let waitMs = retryMsMin; !this.#isClosing(); waitMs = Math.min(waitMs * 2, retryMsMax)) {
      try {
        this.#server = await this.#parts.start(this.#server.port)
        return
      } catch (error) {
        this.#trouble = error instanceof Error ? error.message : String(error)
        this.#parts.log.error({ err: error }, 'embedded database does not start; trying again')
        await pause(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted
  }
}
