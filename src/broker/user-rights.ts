import { BrokerError } from './broker-error.js'
import type { BrokerManagement, UserRights } from './management.js'
import {
  answersExchangeOf,
  brokerNameOf,
  inQueueOf,
  isSubsystemName,
  noticesQueueOf,
  outExchangeOf,
  repliesQueueOf,
} from './names.js'
import type { QueueOwner } from './queue-owner.js'
import type { SubsystemId } from '../exchange/identifier.js'

/** What a subsystem's user may do: its own names and nothing else. */
export function rightsOf(subsystem: SubsystemId): UserRights {
  const replies = escaped(repliesQueueOf(subsystem))
  const out = escaped(outExchangeOf(subsystem))
  const answers = escaped(answersExchangeOf(subsystem))
  const own = `${replies}\\..+`
  return {
    // Queues for its own replies, as long as a program runs.
    configure: `^${own}$`,
    write: `^(${out}|${answers}|${own})$`,
    read: `^(${escaped(inQueueOf(subsystem))}(\\..+)?|${replies}(\\..+)?|${escaped(noticesQueueOf(subsystem))})$`,
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')
}

const reason = 'the registry gives this subsystem no queues now'

/**
 * Takes the rights of those that have none: suspended and liquidated ones, and users of our names that the registry
 * does not know. Connections are closed, since what a channel was let do once it may go on with.
 * @returns how many users lost something
 */
export async function takeRights(
  management: BrokerManagement,
  owners: readonly QueueOwner[],
): Promise<number> {
  const active = activeUsers(owners)
  const rights = await management.rights()
  const losing = [...rights.keys()].filter((user) => isSubsystemName(user) && !active.has(user))
  for (const user of losing) await management.clearRights(user)
  // Looked at each time: one may have been about to open.
  const connected = [...(await management.connectedUsers())]
  const foreign = connected.filter((user) => isSubsystemName(user) && !active.has(user))
  for (const user of new Set([...losing, ...foreign])) {
    await management.closeConnectionsOf(user, reason)
  }
  return losing.length
}

/**
 * Gives each active owner that has a user exactly its rights.
 * @returns how many users got something
 */
export async function giveRights(
  management: BrokerManagement,
  owners: readonly QueueOwner[],
): Promise<number> {
  const users = new Set(await management.users())
  const rights = await management.rights()
  let given = 0
  for (const [user, subsystem] of activeUsers(owners)) {
    const wanted = rightsOf(subsystem)
    if (!users.has(user) || isSame(rights.get(user), wanted)) continue
    if (given === 0) await management.boundOwnQueues()
    await management.setRights(user, wanted)
    given += 1
  }
  return given
}

/**
 * Makes the user of a subsystem, or renews its password.
 * @returns the user's name
 * @throws BrokerError
 */
export async function renewUser(
  management: BrokerManagement,
  subsystem: SubsystemId,
  password: string,
): Promise<string> {
  const user = brokerNameOf(subsystem)
  if (!isSubsystemName(user)) throw new BrokerError(`${subsystem} gives no name for a user`)
  await management.boundOwnQueues()
  await management.putUser(user, password)
  await management.setRights(user, rightsOf(subsystem))
  return user
}

function activeUsers(owners: readonly QueueOwner[]): ReadonlyMap<string, SubsystemId> {
  return new Map(owners.filter(({ isActive }) => isActive).map(({ id }) => [brokerNameOf(id), id]))
}

function isSame(held: UserRights | undefined, wanted: UserRights): boolean {
  return (
    held?.configure === wanted.configure && held.write === wanted.write && held.read === wanted.read
  )
}
