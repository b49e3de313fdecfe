import type { ProtocolAdapter } from '../exchange/adapter.js'
import type { ServiceId } from '../exchange/identifier.js'
import type { ProviderTrouble } from '../registry/provider-trouble.js'
import { successOf, type HealthChange } from './health-change.js'
import { probesAtOnce } from './limits.js'

/** Where a service is, and by which adapter it is reached. */
export interface ProbedService {
  readonly address: string
  readonly adapter: Pick<ProtocolAdapter, 'probe'> | undefined
}

export interface ProviderProbesParts {
  readonly troubles: () => ReadonlyMap<ServiceId, ProviderTrouble>
  /** Undefined for what is not offered any more. */
  readonly find: (service: ServiceId) => ProbedService | undefined
  readonly store: {
    claimProbe(service: ServiceId, everyMs: number): Promise<boolean>
    count(changes: readonly HealthChange[]): Promise<void>
  }
  readonly everyMs: number
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/**
 * Looks whether faulty services that could not be reached can be reached again, so that one that nobody asks comes back all
 * the same: one worker of all, a connection that is closed at once. Where none is faulty it does nothing.
 */
export class ProviderProbes {
  readonly #parts: ProviderProbesParts
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> | undefined
  #isClosed = false

  constructor(parts: ProviderProbesParts) {
    this.#parts = parts
  }

  /** The registry has another list of faulty services. */
  troublesChanged(): void {
    if (this.#isClosed || this.#timer || this.#due().length === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#turn = this.#probeAll().finally(() => this.troublesChanged())
    }, this.#parts.everyMs).unref()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#turn
  }

  #due(): ServiceId[] {
    const troubles = [...this.#parts.troubles().values()]
    return troubles.flatMap(({ service, probe }) => (probe === 'connection' ? [service] : []))
  }

  async #probeAll(): Promise<void> {
    const due = this.#due()
    for (let at = 0; at < due.length && !this.#isClosed; at += probesAtOnce) {
      await Promise.all(due.slice(at, at + probesAtOnce).map((service) => this.#probe(service)))
    }
  }

  async #probe(service: ServiceId): Promise<void> {
    const { find, store, everyMs, warn } = this.#parts
    const found = find(service)
    if (!found?.adapter?.probe) return
    try {
      // Somewhat sooner than the next turn, lest every other turn of this worker finds the claim not over yet.
      if (!(await store.claimProbe(service, everyMs / 2))) return
      if (!(await found.adapter.probe(found.address))) return
      await store.count([successOf(service)])
    } catch (error) {
      warn('provider_health.probe_failed', { service, error: String(error) })
    }
  }
}
