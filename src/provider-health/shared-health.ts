import type { Fault } from '../exchange/fault.js'
import {
  memberOf,
  type MemberId,
  type ServiceId,
  type SubsystemId,
} from '../exchange/identifier.js'
import type { ProviderHealth } from '../exchange/provider-health.js'
import type { ProviderTrouble } from '../registry/provider-trouble.js'
import { failureOf, joinChanges, successOf, type HealthChange } from './health-change.js'

export interface SharedHealthParts {
  /** Services that are FAULTY, as the registry has them now. */
  readonly troubles: () => ReadonlyMap<ServiceId, ProviderTrouble>
  /** Whose system asks. */
  readonly ownerOf: (consumer: SubsystemId) => MemberId | undefined
  /** Makes what happened known to all. */
  readonly report: (changes: readonly HealthChange[]) => Promise<void>
  /** How long a faulty service is closed in this worker before one exchange may try it, milliseconds. */
  readonly tryEveryMs: number
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

const reportAgainMs = 1_000

/**
 * One worker's part in what all know of the providers. It tells of every failure; of an exchange that went well only where
 * somebody has counted failures before, of which all are told. So a bus that is well does nothing here.
 */
export class SharedHealth implements ProviderHealth {
  readonly #parts: SharedHealthParts
  /** Where failures were counted, by whichever worker. */
  readonly #failing = new Set<ServiceId>()
  /** When this worker last let an exchange through to a faulty service. */
  readonly #tried = new Map<ServiceId, number>()
  /** Troubles that this worker saw end, by their beginning, until the registry says so. */
  readonly #ended = new Map<ServiceId, number>()
  readonly #untold = new Map<ServiceId, HealthChange>()
  #telling: Promise<void> | undefined
  #again: NodeJS.Timeout | undefined

  constructor(parts: SharedHealthParts) {
    this.#parts = parts
  }

  closed(service: ServiceId, consumer: SubsystemId, nowMs: number): string | undefined {
    const trouble = this.#troubleOf(service, consumer)
    if (!trouble) return undefined
    const sinceMs = trouble.since.getTime()
    const triedMs = this.#tried.get(service) ?? sinceMs
    if (nowMs >= Math.max(triedMs, sinceMs) + this.#parts.tryEveryMs) return undefined
    return sentences[trouble.reason]
  }

  entered(service: ServiceId, consumer: SubsystemId, nowMs: number): void {
    if (this.#troubleOf(service, consumer)) this.#tried.set(service, nowMs)
  }

  succeeded(service: ServiceId): void {
    const troubles = this.#parts.troubles()
    if (this.#failing.size === 0 && troubles.size === 0) return
    const sinceMs = troubles.get(service)?.since.getTime()
    const isEnd = sinceMs !== undefined && this.#ended.get(service) !== sinceMs
    if (!this.#failing.delete(service) && !isEnd) return
    if (sinceMs !== undefined) this.#ended.set(service, sinceMs)
    this.#note(successOf(service))
  }

  failed(service: ServiceId, consumer: SubsystemId, fault: Fault): void {
    const change = failureOf(service, this.#memberOf(consumer), fault)
    if (!change) return
    this.#failing.add(service)
    this.#note(change)
  }

  /** Another worker has counted failures of these services. */
  heard(...services: readonly ServiceId[]): void {
    for (const service of services) this.#failing.add(service)
  }

  /** The registry has another list of faulty services: what was kept of others is forgotten. */
  troublesChanged(): void {
    const troubles = this.#parts.troubles()
    for (const kept of [this.#tried, this.#ended]) {
      for (const service of kept.keys()) if (!troubles.has(service)) kept.delete(service)
    }
  }

  /** Resolves when what happened is told, or cannot be. */
  async settled(): Promise<void> {
    clearTimeout(this.#again)
    await this.#telling
  }

  #troubleOf(service: ServiceId, consumer: SubsystemId): ProviderTrouble | undefined {
    const troubles = this.#parts.troubles()
    if (troubles.size === 0) return undefined
    const trouble = troubles.get(service)
    if (!trouble || this.#ended.get(service) === trouble.since.getTime()) return undefined
    const isClosed = trouble.member === undefined || trouble.member === this.#memberOf(consumer)
    return isClosed ? trouble : undefined
  }

  #memberOf(consumer: SubsystemId): MemberId {
    return this.#parts.ownerOf(consumer) ?? memberOf(consumer)
  }

  #note(change: HealthChange): void {
    this.#untold.set(change.service, joinChanges(this.#untold.get(change.service), change))
    this.#telling ??= this.#tell().finally(() => (this.#telling = undefined))
  }

  /** Until nothing is left. What cannot be told now is told with what comes next, or a moment later. */
  async #tell(): Promise<void> {
    while (this.#untold.size > 0) {
      const changes = [...this.#untold.values()]
      this.#untold.clear()
      try {
        await this.#parts.report(changes)
      } catch (error) {
        this.#parts.warn('provider_health.untold', { error: String(error) })
        for (const change of changes) this.#keep(change)
        this.#again = setTimeout(() => {
          this.#telling ??= this.#tell().finally(() => (this.#telling = undefined))
        }, reportAgainMs).unref()
        return
      }
    }
  }

  #keep(older: HealthChange): void {
    const newer = this.#untold.get(older.service)
    this.#untold.set(older.service, newer ? joinChanges(older, newer) : older)
  }
}

const sentences = {
  unreachable:
    'The provider’s system cannot be reached: the service is FAULTY, its administrators were told, and the bus looks whether it is back.',
  unanswered:
    'The provider’s system does not answer: the service is FAULTY, its administrators were told, and the bus tries it now and then.',
} as const
