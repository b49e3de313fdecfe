import type { Channel, ChannelModel } from 'amqplib'
import { brokerKeepingLimits } from '../limits/queues.js'
import {
  answersExchange,
  answersExchangeOf,
  deadExchange,
  deadQueue,
  inQueueOf,
  messageKey,
  messageQueueOf,
  noticesInQueue,
  noticesKey,
  noticesQueueOf,
  outExchangeOf,
  poisonedQueue,
  repliesQueueOf,
  requestKey,
  requestQueueOf,
  unroutableExchange,
  unroutableQueue,
} from './names.js'
import type { QueueOwner } from './queue-owner.js'

/** Something that could not be made as it should be. */
export interface TopologyTrouble {
  readonly name: string
  readonly why: string
}

/** One step; each makes what is not there, and changes nothing that is. */
interface Step {
  readonly name: string
  readonly carryOut: (channel: Channel) => Promise<unknown>
  /** Takes away what is there otherwise than it should be, where nothing is lost by it. */
  readonly otherwise?: (channel: Channel) => Promise<unknown>
}

const { deliveriesMax, queueBytesMax, deadBytesMax, unroutableBytesMax } = brokerKeepingLimits

/** Of every queue of a subsystem. The broker keeps a dead letter until its new queue has it for sure. */
const queueArguments = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': deliveriesMax,
  'x-max-length-bytes': queueBytesMax,
  'x-overflow': 'reject-publish',
  'x-dead-letter-exchange': deadExchange,
  'x-dead-letter-strategy': 'at-least-once',
}

/** The oldest make room: what is full must not hold up the queues that it comes from. */
const makingRoom = (bytesMax: number): Readonly<Record<string, unknown>> => ({
  'x-queue-type': 'quorum',
  'x-max-length-bytes': bytesMax,
  'x-overflow': 'drop-head',
})

/** What ends each worker that looks at it is a letter all the same. */
const toDeadQueue = {
  'x-delivery-limit': deliveriesMax,
  'x-dead-letter-exchange': '',
  'x-dead-letter-routing-key': deadQueue,
}

const singleReader = { ...queueArguments, 'x-single-active-consumer': true }

/**
 * Makes exchanges, queues and bindings at the broker, over one connection. What was made is remembered, so that a
 * change of the registry costs what is new in it. No queue is ever deleted.
 */
export class Topology {
  readonly #model: ChannelModel
  readonly #made = new Set<string>()
  #channel: Channel | undefined

  constructor(model: ChannelModel) {
    this.#model = model
  }

  /**
   * One thing that is there otherwise does not keep the others from being made.
   * @throws Error where the connection is gone
   */
  async declare(owners: readonly QueueOwner[]): Promise<readonly TopologyTrouble[]> {
    const troubles: TopologyTrouble[] = []
    const steps = [...commonSteps(), ...owners.flatMap((owner) => ownerSteps(owner))]
    for (const step of steps) {
      if (this.#made.has(step.name)) continue
      const why = await this.#make(step)
      if (why === undefined) this.#made.add(step.name)
      else troubles.push({ name: step.name, why })
    }
    return troubles
  }

  /** @returns undefined where there is no such queue @throws Error where the connection is gone */
  async messagesIn(name: string): Promise<number | undefined> {
    let messages: number | undefined
    await this.#try(async (channel) => {
      messages = (await channel.checkQueue(name)).messageCount
    })
    return messages
  }

  /** Has everything looked at again with the next `declare`: somebody may have deleted something. */
  forget(): void {
    this.#made.clear()
  }

  async #make({ carryOut, otherwise }: Step): Promise<string | undefined> {
    const why = await this.#try(carryOut)
    if (!otherwise || why?.includes('PRECONDITION_FAILED') !== true) return why
    return (await this.#try(otherwise)) ?? (await this.#try(carryOut))
  }

  /** The broker closes a channel on which something failed. */
  async #try(work: Step['carryOut']): Promise<string | undefined> {
    const channel = (this.#channel ??= await this.#openChannel())
    try {
      await work(channel)
      return undefined
    } catch (error) {
      this.#channel = undefined
      return error instanceof Error ? error.message : String(error)
    }
  }

  async #openChannel(): Promise<Channel> {
    const channel = await this.#model.createChannel()
    // The step that fails says why.
    channel.on('error', () => undefined)
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = undefined
    })
    return channel
  }
}

function commonSteps(): readonly Step[] {
  return [
    queue(deadQueue, makingRoom(deadBytesMax)),
    exchange(deadExchange, 'fanout'),
    queue(poisonedQueue, { ...makingRoom(deadBytesMax), ...toDeadQueue }),
    bound(poisonedQueue, deadExchange, ''),
    // Brokers of a build that did not look at them had them go there at once.
    unbound(deadQueue, deadExchange, ''),
    exchange(unroutableExchange, 'fanout'),
    queue(unroutableQueue, makingRoom(unroutableBytesMax)),
    bound(unroutableQueue, unroutableExchange, ''),
    exchange(answersExchange, 'direct', { internal: true }),
    // One worker at a time: the notices of one message are in order.
    queue(noticesInQueue, singleReader),
    bound(noticesInQueue, answersExchange, noticesKey),
  ]
}

function ownerSteps({ id, furtherQueues }: QueueOwner): readonly Step[] {
  const [out, answers] = [outExchangeOf(id), answersExchangeOf(id)]
  return [
    ...[inQueueOf(id), repliesQueueOf(id), noticesQueueOf(id), ...furtherQueues].map((name) =>
      queue(name),
    ),
    queue(requestQueueOf(id)),
    // One reader at a time: their order is kept.
    queue(messageQueueOf(id), singleReader),
    outExchange(out),
    bound(requestQueueOf(id), out, requestKey),
    bound(messageQueueOf(id), out, messageKey),
    exchange(answers, 'fanout'),
    {
      name: `${answers} → ${answersExchange}`,
      carryOut: (channel) => channel.bindExchange(answersExchange, answers, ''),
    },
  ]
}

function queue(name: string, args: Readonly<Record<string, unknown>> = queueArguments): Step {
  return {
    name: `queue ${name}`,
    carryOut: (channel) => channel.assertQueue(name, { durable: true, arguments: { ...args } }),
  }
}

function exchange(
  name: string,
  type: 'direct' | 'fanout',
  options: { readonly internal?: boolean; readonly alternateExchange?: string } = {},
): Step {
  return {
    name: `exchange ${name}`,
    carryOut: (channel) => channel.assertExchange(name, type, { durable: true, ...options }),
  }
}

/**
 * What a subsystem publishes to. One that a build made which put junk among the dead letters is made anew: an exchange
 * holds no messages, and its bindings come next.
 */
function outExchange(name: string): Step {
  const { carryOut } = exchange(name, 'direct', { alternateExchange: unroutableExchange })
  return {
    name: `exchange ${name}`,
    carryOut,
    otherwise: (channel) => channel.deleteExchange(name),
  }
}

function unbound(queueName: string, from: string, key: string): Step {
  return {
    name: `no ${from} → ${queueName}`,
    carryOut: (channel) => channel.unbindQueue(queueName, from, key),
  }
}

function bound(queueName: string, from: string, key: string): Step {
  return {
    name: `${from} → ${queueName}`,
    carryOut: (channel) => channel.bindQueue(queueName, from, key),
  }
}
