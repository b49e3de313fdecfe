import { BrokerConnection } from '../broker/connection.js'
import { BrokerManagement } from '../broker/management.js'
import type { QueueOwner } from '../broker/queue-owner.js'
import { Topology, type TopologyTrouble } from '../broker/topology.js'
import { giveRights, takeRights } from '../broker/user-rights.js'
import type { Secret } from '../config/secrets.js'
import { brokerKeepingLimits } from '../limits/queues.js'
import type { SystemLog } from '../monitoring/system-log.js'
import type { RegistryFollower } from '../registry/registry-follower.store.js'
import { brokerOwnersOf } from './broker-owners.js'
import { LetterCounts } from './letter-counts.js'
import type { HealthCheck } from './messages.js'

export interface BrokerKeepingInput {
  readonly url: Secret<string>
  /** Without it nobody's rights are looked after. */
  readonly managementUrl: Secret<string> | undefined
  readonly registry: Pick<RegistryFollower, 'latest' | 'onChange'>
  readonly log: SystemLog
}

const { lookEveryMs, declareAgainEveryMs, troublesToldMax } = brokerKeepingLimits

/**
 * Makes the broker what the registry says: queues, exchanges and users' rights, at once after a change and after every
 * reconnect, and now and then in case somebody else changed something. Several nodes may do it at one time.
 */
export class BrokerKeeping {
  readonly #input: BrokerKeepingInput
  readonly #connection: BrokerConnection
  readonly #management: BrokerManagement | undefined
  readonly #stopping = new AbortController()
  readonly #letters: LetterCounts
  readonly #stopListening: () => void
  readonly #running: Promise<void>
  #topology: Topology | undefined
  #declaredAtMs = 0
  #troubles: readonly TopologyTrouble[] = []
  #rightsTrouble: string | undefined
  #isAsked = false
  #wake: () => void = () => undefined

  constructor(input: BrokerKeepingInput) {
    const { url, managementUrl, registry } = input
    this.#input = input
    this.#letters = new LetterCounts(input.log)
    this.#management = managementUrl && new BrokerManagement({ url, managementUrl })
    this.#rightsTrouble = managementUrl
      ? undefined
      : 'AMQP_MANAGEMENT_URL is not set, so nobody’s rights at the broker are looked after'
    this.#connection = new BrokerConnection({
      url,
      name: 'sluice supervisor',
      setup: (model) => {
        this.#topology = new Topology(model)
        this.#ask()
        return Promise.resolve()
      },
      onLost: () => (this.#topology = undefined),
    })
    this.#stopListening = registry.onChange(() => this.#ask())
    this.#running = this.#run()
  }

  checks(): HealthCheck[] {
    const { trouble } = this.#connection
    const rights = this.#rightsTrouble
    const told = this.#troubles.slice(0, troublesToldMax)
    return [
      ...(trouble === undefined ? [] : [{ name: 'broker', ok: false, why: trouble }]),
      ...(rights === undefined ? [] : [{ name: 'broker rights', ok: false, why: rights }]),
      ...told.map(({ name, why }) => ({ name: `broker: ${name}`, ok: false, why })),
    ]
  }

  /** Messages that were put aside, by queue. */
  get letters(): ReadonlyMap<string, number> {
    return this.#letters.counts
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#stopListening()
    this.#wake()
    await this.#management?.close()
    await this.#connection.close()
    await this.#running
  }

  #ask(): void {
    this.#isAsked = true
    this.#wake()
  }

  async #run(): Promise<void> {
    await this.#connection.start()
    while (!this.#stopping.signal.aborted) {
      this.#isAsked = false
      const snapshot = this.#input.registry.latest
      if (snapshot) await this.#turn(brokerOwnersOf(snapshot))
      await this.#untilAsked()
    }
  }

  /** What is taken comes first, and is not kept waiting by what cannot be made; who gets rights finds the queues there. */
  async #turn(owners: readonly QueueOwner[]): Promise<void> {
    const taken = await this.#rights(owners, takeRights)
    await this.#declare(owners)
    const mayGive = taken !== undefined && this.#topology !== undefined
    const given = !mayGive ? undefined : await this.#rights(owners, giveRights)
    if (taken || given) this.#input.log.info({ taken, given }, 'rights at the broker changed')
  }

  async #declare(owners: readonly QueueOwner[]): Promise<void> {
    const topology = this.#topology
    if (!topology) return
    const nowMs = performance.now()
    if (nowMs - this.#declaredAtMs > declareAgainEveryMs) {
      topology.forget()
      this.#declaredAtMs = nowMs
    }
    try {
      this.#troubles = await topology.declare(owners)
      await this.#letters.look(topology)
    } catch (error) {
      // The connection is gone, and says so.
      this.#input.log.warn({ err: error }, 'queues at the broker could not be looked at')
    }
  }

  /** @returns undefined where it failed, or nobody may */
  async #rights(
    owners: readonly QueueOwner[],
    work: typeof takeRights,
  ): Promise<number | undefined> {
    if (!this.#management) return undefined
    try {
      const changed = await work(this.#management, owners)
      this.#rightsTrouble = undefined
      return changed
    } catch (error) {
      this.#rightsTrouble = error instanceof Error ? error.message : String(error)
      return undefined
    }
  }

  async #untilAsked(): Promise<void> {
    if (this.#isAsked || this.#stopping.signal.aborted) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lookEveryMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
