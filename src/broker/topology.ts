import type { Channel, ChannelModel } from 'amqplib'
import { brokerKeepingLimits } from '../limits.js'
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
  repliesQueueOf,
  requestKey,
  requestQueueOf,
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
}

const { deliveriesMax, queueBytesMax, deadBytesMax } = brokerKeepingLimits

/** Of every queue of a subsystem. The broker keeps a dead letter until its new queue has it for sure. */
const queueArguments = {
  'x-queue-type': 'quorum',
  'x-delivery-limit': deliveriesMax,
  'x-max-length-bytes': queueBytesMax,
  'x-overflow': 'reject-publish',
  'x-dead-letter-exchange': deadExchange,
  'x-dead-letter-strategy': 'at-least-once',
}

const singleReader = { ...queueArguments, 'x-single-active-consumer': true }

/**
 * Makes exchanges, queues and bindings at the broker, over one connection. What was made is remembered, so that a
 * change of the registry costs what is new in it. Nothing is ever deleted.
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
      const why = await this.#carryOut(step)
      if (why === undefined) this.#made.add(step.name)
      else troubles.push({ name: step.name, why })
    }
    return troubles
  }

  /** Has everything looked at again with the next `declare`: somebody may have deleted something. */
  forget(): void {
    this.#made.clear()
  }

  /** The broker closes a channel on which something failed. */
  async #carryOut({ carryOut }: Step): Promise<string | undefined> {
    const channel = (this.#channel ??= await this.#openChannel())
    try {
      await carryOut(channel)
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
    exchange(deadExchange, 'fanout'),
    // Junk must not keep out what comes later, nor hold up the queues that it comes from.
    queue(deadQueue, {
      'x-queue-type': 'quorum',
      'x-max-length-bytes': deadBytesMax,
      'x-overflow': 'drop-head',
    }),
    bound(deadQueue, deadExchange, ''),
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
    exchange(out, 'direct', { alternateExchange: deadExchange }),
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

function bound(queueName: string, from: string, key: string): Step {
  return {
    name: `${from} → ${queueName}`,
    carryOut: (channel) => channel.bindQueue(queueName, from, key),
  }
}
