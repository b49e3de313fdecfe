import { parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'

/**
 * What things are called at the broker. A subsystem's names begin with its identifier, its segments percent-encoded and
 * joined with dots; so no subsystem's prefix is the beginning of another's segment.
 */

/** Longest name of ours: AMQP 0-9-1 §4.2.5.3 allows 255 bytes, and temporary reply queues need some. */
export const brokerNameBytesMax = 180

/** `AZ.GOV.VN.EVHF`: the prefix of a subsystem's names, and the name of its user. ASCII. */
export function brokerNameOf(subsystem: SubsystemId): string {
  return subsystem
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('.', '%2E'))
    .join('.')
}

/** Whether a name is one that `brokerNameOf` gives. */
export function isSubsystemName(name: string): boolean {
  return /^[^.]+\.(?:GOV|MUN|COM|PUB)\.[^.]+\.[^.]+$/.test(name)
}

/** A subsystem publishes its requests and messages to this exchange (direct). */
export const outExchangeOf = (subsystem: SubsystemId): string => `${brokerNameOf(subsystem)}.out`
/** Routing keys there, and the queues that the bus reads. */
export const requestKey = 'request'
export const messageKey = 'message'
export const requestQueueOf = (subsystem: SubsystemId): string =>
  `${brokerNameOf(subsystem)}.out.requests`
export const messageQueueOf = (subsystem: SubsystemId): string =>
  `${brokerNameOf(subsystem)}.out.messages`

/** A subsystem publishes its answers and notices as a provider to this exchange (fanout). */
export const answersExchangeOf = (subsystem: SubsystemId): string =>
  `${brokerNameOf(subsystem)}.answers`
/** Where they all come together (direct): each worker's answers have a key of its own, notices this one. */
export const answersExchange = 'sluice.answers'
export const noticesKey = 'notices'
export const noticesInQueue = 'sluice.notices'

/** What a subsystem reads: what comes to it as a provider, answers to its requests, notices of its messages. */
export const inQueueOf = (subsystem: SubsystemId, suffix?: string): string =>
  `${brokerNameOf(subsystem)}.in${suffix === undefined ? '' : `.${suffix}`}`
const inQueuePattern = /^([^.]+\.[^.]+\.[^.]+\.[^.]+)\.in(?:\.[^.]+)?$/
/** Whose queue of deliveries this is. @returns undefined for a queue of another kind */
export function ownerOfInQueue(name: string): SubsystemId | undefined {
  const owner = inQueuePattern.exec(name)?.[1]
  if (owner === undefined) return undefined
  try {
    return parseSubsystemId(owner.split('.').map(decodeURIComponent).join('/'))
  } catch {
    return undefined
  }
}
export const repliesQueueOf = (subsystem: SubsystemId): string =>
  `${brokerNameOf(subsystem)}.replies`
export const noticesQueueOf = (subsystem: SubsystemId): string =>
  `${brokerNameOf(subsystem)}.notices`

/**
 * What the broker takes out of a queue, as nobody settled it, goes here (fanout) and is looked at by the bus; then it is
 * a letter in the queue that the operator looks into.
 */
export const deadExchange = 'sluice.dead'
export const poisonedQueue = 'sluice.poisoned'
export const deadQueue = 'sluice.dead'
/** What a subsystem alone can make any number of: messages for no queue (fanout), and those that nobody can read. */
export const unroutableExchange = 'sluice.unroutable'
export const unroutableQueue = 'sluice.unroutable'

const addressPattern = /^amqp:in(?:\.([a-z0-9][a-z0-9-]{0,31}))?$/

/**
 * The queue that a service's address names: `amqp:in`, or `amqp:in.<suffix>` for one of its own.
 * @returns undefined for what is no such address
 */
export function queueOfAddress(subsystem: SubsystemId, address: string): string | undefined {
  const match = addressPattern.exec(address)
  return match ? inQueueOf(subsystem, match[1]) : undefined
}
