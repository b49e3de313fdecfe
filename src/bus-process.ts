import type { Listening, ProtocolAdapter } from './exchange/adapter.js'
import type { ExchangeAdmission } from './exchange/admission.js'
import type { Deliver } from './exchange/deliver.js'
import { handleExchange } from './exchange/handle-exchange.js'
import type { Bus } from './exchange/ports.js'
import { failingServicesShownMax } from './limits/http.js'
import { outboxLimits } from './limits/one-way.js'
import type { MessageLog } from './message-log/message-log.store.js'
import type { OpenOutbox } from './open-outbox.js'
import type { PersonDeskStore } from './log-search/person-desk.store.js'
import type { MessageDeskStore } from './outbox/message-desk.store.js'
import type { BusMetrics } from './monitoring/metrics.js'
import type { MetricValues } from './monitoring/metric-values.js'
import type { HealthCheck, WorkerState } from './process/messages.js'
import { listenTrouble } from './process/start-trouble.js'
import type { RegistryFollower } from './registry/registry-follower.store.js'

export interface BusProcessParts {
  readonly bus: Bus
  readonly outbox: OpenOutbox
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly admission: ExchangeAdmission
  readonly deliver: Deliver
  readonly registry: RegistryFollower
  readonly messageLog: MessageLog
  readonly messageDesk: MessageDeskStore
  readonly personDesk: PersonDeskStore
  readonly metrics: BusMetrics
  /** Counts what consumers use; closed when nothing is left to be counted. */
  readonly fairUse: { close(): Promise<void> }
  /** Tells other workers of providers; closed when nothing is delivered any more. */
  readonly providerHealth: { close(): Promise<void> }
}

/**
 * The bus as one process runs it. Nest calls the three hooks: listeners open last and close first,
 * so that nothing comes in that could not be carried to its end.
 */
export class BusProcess {
  readonly #parts: BusProcessParts
  readonly #listening: Listening[] = []

  constructor(parts: BusProcessParts) {
    this.#parts = parts
  }

  /** Where consumers reach this bus, an address a lane. */
  get addresses(): readonly string[] {
    return this.#listening.map(({ address }) => address)
  }

  async onApplicationBootstrap(): Promise<void> {
    const { adapters, bus } = this.#parts
    for (const [name, adapter] of adapters) {
      try {
        const listening = await adapter.listen?.((received) => handleExchange(received, bus))
        if (listening) this.#listening.push(listening)
      } catch (error) {
        throw listenTrouble(`adapters.${name}`, error)
      }
    }
    this.#parts.outbox.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    // Messages that are accepted meanwhile are other workers' to deliver.
    const outbox = this.#parts.outbox.stop()
    await Promise.all([...this.#listening.map((listening) => listening.close()), outbox])
  }

  async onApplicationShutdown(): Promise<void> {
    const { adapters, fairUse, messageDesk, messageLog, personDesk, registry } = this.#parts
    await this.#parts.providerHealth.close()
    for (const adapter of adapters.values()) await adapter.close?.()
    await fairUse.close()
    await messageDesk.close()
    await personDesk.close()
    await messageLog.close()
    await registry.close()
  }

  /** What this process counts, for the supervisor to add up. */
  metrics(): Promise<MetricValues> {
    return this.#parts.metrics.values()
  }

  /** What the supervisor's health page says of this process. */
  state(): WorkerState {
    const { adapters, admission, deliver, messageLog, registry } = this.#parts
    const following = registry.state()
    const checks: HealthCheck[] = [
      {
        name: 'message log',
        ok: messageLog.state().ready,
        why: 'cannot write; every exchange is refused',
      },
      {
        name: 'registry',
        ok: following.usable,
        why: following.trouble ?? 'the snapshot is too old; every exchange is refused',
      },
      ...this.#troubles(),
    ]
    const lanes = laneTroubles(adapters)
    const failing = deliver.failingServices.slice(0, failingServicesShownMax)
    return {
      exchangesInProgress: admission.inProgress,
      checks,
      ...(lanes.length > 0 && { laneTroubles: lanes }),
      ...(failing.length > 0 && { failingServices: failing }),
    }
  }

  /** What somebody has to look after while the exchanges of the other lanes go on. */
  #troubles(): HealthCheck[] {
    const { adapters, outbox } = this.#parts
    const trouble = (name: string, why: string): HealthCheck => {
      return { name, ok: false, why, stopsExchanges: false }
    }
    const ofLanes = [...adapters].flatMap(([name, adapter]) => {
      const why = adapter.trouble?.() ?? ''
      return why === '' ? [] : [trouble(`adapter ${name}`, why)]
    })
    const { oldestMs } = outbox.relay.state()
    if (oldestMs <= outboxLimits.oldestMsMax) return ofLanes
    const minutes = Math.round(oldestMs / 60_000)
    return [...ofLanes, trouble('outbox', `a message has waited for ${minutes} minutes`)]
  }
}

function laneTroubles(adapters: ReadonlyMap<string, ProtocolAdapter>): HealthCheck[] {
  const troubles: HealthCheck[] = []
  for (const [name, adapter] of adapters) {
    const why = adapter.trouble?.()
    if (why !== undefined) troubles.push({ name: `lane ${name}`, ok: false, why })
  }
  return troubles
}
