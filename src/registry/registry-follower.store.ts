import type { Client } from 'pg'
import { Fault } from '../exchange/fault.js'
import type { ServiceId } from '../exchange/identifier.js'
import { defaultLimits } from '../limits/default-limits.js'
import { registryPollMs } from '../limits/registry.js'
import { readGeneration, readRegistry } from './registry-content.store.js'
import { RegistrySnapshot } from './snapshot.js'

export interface RegistryFollowerSettings {
  /**
   * Makes one connection, not yet opened. It SHOULD have limits on connecting and on statements;
   * the follower opens it, listens to its errors, ends it, and asks for another when it breaks.
   */
  readonly createClient: () => Client
  /** How old the last confirmation may be before `current` refuses, milliseconds. */
  readonly staleMsMax?: number
  readonly pollMs?: number
  /** Notes trouble for the engineer on call. */
  readonly warn?: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** For health and metrics. */
export interface RegistryFollowerState {
  readonly connected: boolean
  /** Whether `current` may be used. */
  readonly usable: boolean
  readonly generation: number | undefined
  /** Time since the snapshot was last known to be the registry's present state, milliseconds. */
  readonly ageMs: number | undefined
  /** What the last attempt failed of. */
  readonly trouble: string | undefined
}

const reconnectMsMin = 50
const reconnectMsMax = 2_000
// The snapshot grows stale long before; this only sees to it that a dead connection is given up.
const lookMsMax = 20_000
const endMsMax = 2_000

/**
 * Keeps a snapshot of the registry in step with the database: reloads when it is notified, asks
 * every `pollMs` in case a notification was lost, reconnects by itself. Without the database the
 * last snapshot serves for `staleMsMax`, then nothing is authorised any more.
 */
export class RegistryFollower {
  readonly #settings: RegistryFollowerSettings
  readonly #stale: number
  readonly #listeners = new Set<(snapshot: RegistrySnapshot) => void>()
  readonly #failureListeners = new Set<(service: ServiceId) => void>()
  readonly #closing = new AbortController()
  #snapshot: RegistrySnapshot | undefined
  // Grows with the registry's certificates, which are never deleted either.
  readonly #ders = new Map<string, Uint8Array>()
  #confirmedAtMs = -Infinity
  #connected = false
  #trouble: string | undefined
  #running: Promise<void> | undefined
  /** Ends the wait between two looks at the database. */
  #wake: () => void = () => undefined

  constructor(settings: RegistryFollowerSettings) {
    this.#settings = settings
    this.#stale = settings.staleMsMax ?? defaultLimits.registryStaleMsMax
  }

  /** Begins to follow. Resolves with the first snapshot, however long the database takes. */
  async start(): Promise<RegistrySnapshot> {
    this.#running ??= this.#follow()
    if (this.#snapshot) return this.#snapshot
    return new Promise((resolve, reject) => {
      const stop = this.onChange((snapshot) => {
        stop()
        resolve(snapshot)
      })
      this.#closing.signal.addEventListener('abort', () => reject(new Error('closed')))
    })
  }

  /**
   * The registry as it is.
   * @throws Fault AUDIT_UNAVAILABLE where that is not known for sure any more (fail closed)
   */
  get current(): RegistrySnapshot {
    if (this.#snapshot && performance.now() - this.#confirmedAtMs <= this.#stale) {
      return this.#snapshot
    }
    throw new Fault('AUDIT_UNAVAILABLE', {
      detail: 'The bus has lost sight of its registry.',
      cause: this.#trouble,
    })
  }

  /** The last snapshot, however old it is: for what is told of an exchange, never for a decision. */
  get latest(): RegistrySnapshot | undefined {
    return this.#snapshot
  }

  state(): RegistryFollowerState {
    const age = performance.now() - this.#confirmedAtMs
    return {
      connected: this.#connected,
      usable: this.#snapshot !== undefined && age <= this.#stale,
      generation: this.#snapshot?.generation,
      ageMs: this.#snapshot ? age : undefined,
      trouble: this.#trouble,
    }
  }

  /** Calls back with every new snapshot. @returns what ends it */
  onChange(listener: (snapshot: RegistrySnapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Calls back when failures of a service were counted, by whichever worker. It comes by this session, which listens
   * anyway; one that is lost with the session is made up for by the next failure.
   */
  onFailures(listener: (service: ServiceId) => void): void {
    this.#failureListeners.add(listener)
  }

  /** Ends following. Resolves when the connection is closed. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#wake()
    await this.#running
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted
  }

  async #follow(): Promise<void> {
    let pauseMs = reconnectMsMin
    while (!this.#closed) {
      const client = this.#settings.createClient()
      try {
        await this.#followOn(client, () => (pauseMs = reconnectMsMin))
      } catch (error) {
        this.#lost(error)
      } finally {
        this.#connected = false
        await end(client)
      }
      await this.#pause(pauseMs)
      pauseMs = Math.min(pauseMs * 2, reconnectMsMax)
    }
  }

  async #followOn(client: Client, connected: () => void): Promise<void> {
    const broken = new Promise<never>((_resolve, reject) => {
      client.on('error', reject)
      client.on('end', () => reject(new Error('the connection ended')))
    })
    broken.catch(() => this.#wake())
    const notified = { times: 0 }
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === 'sluice_failures') {
        for (const listener of this.#failureListeners) listener(payload as ServiceId)
        return
      }
      notified.times += 1
      this.#wake()
    })
    await client.connect()
    // Listening begins before loading, so that no change falls between the two.
    await client.query('LISTEN sluice_registry; LISTEN sluice_failures')
    for (let isFirst = true; !this.#closed; isFirst = false) {
      const before = notified.times
      await withinTime(Promise.race([this.#look(client, isFirst), broken]))
      connected()
      this.#connected = true
      this.#trouble = undefined
      // Notified while loading: look again at once.
      if (notified.times === before) await this.#pause(this.#settings.pollMs ?? registryPollMs)
    }
  }

  /**
   * Takes in what has changed, and notes since when the snapshot is known to hold. After a
   * connection broke all is read anew: the database may have been restored from a copy.
   */
  async #look(client: Client, isFirst: boolean): Promise<void> {
    const startedMs = performance.now()
    const before = isFirst ? undefined : this.#snapshot
    const generation = await readGeneration(client)
    if (generation === before?.generation) {
      this.#confirmedAtMs = startedMs
      return
    }
    const since = before && before.generation < generation ? { since: before.generation } : {}
    const content = await readRegistry(client, {
      ...since,
      known: this.#ders,
      ...(before && { knownContracts: before.contracts }),
    })
    for (const { thumbprint, der } of [...content.certificates, ...content.authorities]) {
      this.#ders.set(thumbprint, der)
    }
    const snapshot = new RegistrySnapshot(content, 'since' in since ? before : undefined)
    this.#snapshot = snapshot
    this.#confirmedAtMs = startedMs
    for (const listener of [...this.#listeners]) this.#tell(listener, snapshot)
  }

  #tell(listener: (snapshot: RegistrySnapshot) => void, snapshot: RegistrySnapshot): void {
    try {
      listener(snapshot)
    } catch (error) {
      this.#settings.warn?.('registry-listener-failed', { error: String(error) })
    }
  }

  #lost(error: unknown): void {
    if (this.#closed) return
    this.#trouble = error instanceof Error ? error.message : String(error)
    this.#settings.warn?.('registry-connection-lost', { error: this.#trouble })
  }

  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Ends a connection, which may be dead already and then never says that it has ended. */
async function end(client: Client): Promise<void> {
  client.on('error', () => undefined)
  await withinTime(client.end(), endMsMax).catch(() => undefined)
}

async function withinTime<T>(work: Promise<T>, ms = lookMsMax): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the database does not answer')), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
