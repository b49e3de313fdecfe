import type { ChannelModel } from 'amqplib'
import { BrokerConnection } from '../../src/broker/connection.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import { mqLimits } from '../../src/limits/queues.js'
import type { SubsystemQueue, TakeMessage } from './arrived-message.js'
import type { Poisoned } from './poisoned.js'
import { QueueConsumer } from './queue-consumer.js'
import type { MqSettings } from './settings.js'

/** What carries messages of each kind of queue. */
export type Takers = Readonly<Record<SubsystemQueue['kind'], TakeMessage>>

/** Reads the queues of all subsystems that the registry gives any, as it is now: the messages of those that are this worker's. */
export class Consumers {
  readonly #tools: AdapterTools
  readonly #connection: BrokerConnection
  readonly #poisoned: Poisoned
  readonly #queues: Readonly<Record<SubsystemQueue['kind'], Map<SubsystemId, QueueConsumer>>> = {
    requests: new Map(),
    messages: new Map(),
  }
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
    const troubled = this.#all.filter(({ trouble }) => trouble)
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
    for (const { kind, owner } of this.#all) this.#drain(kind, owner)
    await Promise.all([...this.#draining, this.#poisoned.stop()])
    await this.#connection.close()
  }

  get #all(): readonly QueueConsumer[] {
    return [...this.#queues.requests.values(), ...this.#queues.messages.values()]
  }

  #connected(model: ChannelModel): void {
    this.#model = model
    for (const queue of this.#all) queue.connect(model)
  }

  #lost(): void {
    this.#model = undefined
    this.#poisoned.lost()
    for (const queue of this.#all) queue.lost()
  }

  #follow(): void {
    const { queueOwners } = this.#tools
    this.#readOf('requests', queueOwners.list())
    this.#readOf('messages', queueOwners.senders())
  }

  #readOf(kind: SubsystemQueue['kind'], listed: readonly SubsystemId[]): void {
    const owners = new Set(listed.slice(0, mqLimits.ownersMax))
    if (owners.size < listed.length) {
      this.#tools.warn('there are more subsystems with queues than a worker reads', {
        subsystems: listed.length,
        ownersMax: mqLimits.ownersMax,
      })
    }
    const queues = this.#queues[kind]
    for (const owner of [...queues.keys()]) if (!owners.has(owner)) this.#drain(kind, owner)
    for (const owner of owners) if (!queues.has(owner)) this.#add(kind, owner)
  }

  #add(kind: SubsystemQueue['kind'], owner: SubsystemId): void {
    if (!this.#takers) return
    const queue = new QueueConsumer(owner, kind, this.#takers[kind])
    this.#queues[kind].set(owner, queue)
    if (this.#model) queue.connect(this.#model)
  }

  #drain(kind: SubsystemQueue['kind'], owner: SubsystemId): void {
    const drained = this.#queues[kind].get(owner)?.drain()
    this.#queues[kind].delete(owner)
    if (!drained) return
    const settled = drained.finally(() => this.#draining.delete(settled))
    this.#draining.add(settled)
  }
}
