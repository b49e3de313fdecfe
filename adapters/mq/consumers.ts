import type { ChannelModel } from 'amqplib'
import { BrokerConnection } from '../../src/broker/connection.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import { mqLimits } from '../../src/limits.js'
import type { SubsystemQueue, TakeMessage } from './arrived-message.js'
import type { Poisoned } from './poisoned.js'
import { QueueConsumer } from './queue-consumer.js'
import type { MqSettings } from './settings.js'

/** What carries messages of each kind of queue. */
export type Takers = Readonly<Record<SubsystemQueue['kind'], TakeMessage>>

/** Reads the queues of all subsystems that the registry gives any, as it is now. */
export class Consumers {
  readonly #tools: AdapterTools
  readonly #connection: BrokerConnection
  readonly #poisoned: Poisoned
  readonly #queues = new Map<SubsystemId, readonly QueueConsumer[]>()
  readonly #draining = new Set<Promise<void>>()
  #takers: Takers | undefined
  #model: ChannelModel | undefined
  #stopFollowing: () => void = () => undefined

  constructor({ url }: Pick<MqSettings, 'url'>, tools: AdapterTools, poisoned: Poisoned) {
    this.#tools = tools
    this.#poisoned = poisoned
    this.#connection = new BrokerConnection({
      url,
      name: 'sluice consumers',
      setup: (model) => {
        this.#connected(model)
        return poisoned.open(model)
      },
      onLost: () => this.#lost(),
    })
  }

  /** What is wrong, for health: the connection, or a queue that cannot be read. */
  get trouble(): string | undefined {
    if (this.#connection.trouble !== undefined) return this.#connection.trouble
    const troubled = [...this.#queues.values()].flat().filter(({ trouble }) => trouble)
    const [first] = troubled
    return first && `${troubled.length} queues cannot be read, ${first.name} among them`
  }

  /** Begins to read. Resolves at once, whether there is a broker or not. */
  async start(takers: Takers): Promise<void> {
    this.#takers = takers
    this.#stopFollowing = this.#tools.queueOwners.onChange(() => this.#follow())
    this.#follow()
    await this.#connection.start()
  }

  /** Takes nothing more; resolves when all that is in progress is settled. */
  async close(): Promise<void> {
    this.#stopFollowing()
    for (const owner of [...this.#queues.keys()]) this.#drain(owner)
    await Promise.all([...this.#draining, this.#poisoned.stop()])
    await this.#connection.close()
  }

  #connected(model: ChannelModel): void {
    this.#model = model
    for (const queues of this.#queues.values()) for (const queue of queues) queue.connect(model)
  }

  #lost(): void {
    this.#model = undefined
    this.#poisoned.lost()
    for (const queues of this.#queues.values()) for (const queue of queues) queue.lost()
  }

  #follow(): void {
    const listed = this.#tools.queueOwners.list()
    const owners = new Set(listed.slice(0, mqLimits.ownersMax))
    if (owners.size < listed.length) {
      this.#tools.warn('there are more subsystems with queues than a worker reads', {
        subsystems: listed.length,
        ownersMax: mqLimits.ownersMax,
      })
    }
    for (const owner of [...this.#queues.keys()]) if (!owners.has(owner)) this.#drain(owner)
    for (const owner of owners) if (!this.#queues.has(owner)) this.#add(owner)
  }

  #add(owner: SubsystemId): void {
    const takers = this.#takers
    if (!takers) return
    const queues = [
      new QueueConsumer(owner, 'requests', takers.requests),
      new QueueConsumer(owner, 'messages', takers.messages),
    ]
    this.#queues.set(owner, queues)
    if (this.#model) for (const queue of queues) queue.connect(this.#model)
  }

  #drain(owner: SubsystemId): void {
    for (const queue of this.#queues.get(owner) ?? []) {
      const drained = queue.drain().finally(() => this.#draining.delete(drained))
      this.#draining.add(drained)
    }
    this.#queues.delete(owner)
  }
}
