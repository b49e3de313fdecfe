import type { ParseArgsConfig } from 'node:util'
import { IdentifierError, parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'
import { authorOf, type Author } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'

/** Users at the broker, opened for a command: everything done is an act of the author. */
export interface OpenBrokerUsers {
  /**
   * Makes the user, or renews its password.
   * @returns the address to connect to, the new password in it
   * @throws where the registry gives the subsystem no queues now
   */
  renew(subsystem: SubsystemId): Promise<{ readonly user: string; readonly url: string }>
  close(): Promise<void>
}

const usage = `Usage: sluice mq user SUBSYSTEM --reason TEXT [--actor NAME]

Makes the broker user of a subsystem with "mq: true" in the registry, e.g. AZ/GOV/VN/EVHF, or renews its
password, and writes the address to connect to, once: the password is kept nowhere, the broker has its
hash. Programs that use the old one can no longer connect. This is an act in the audit log.

The broker is the one of AMQP_URL and AMQP_MANAGEMENT_URL, or the private one of the bus that runs in this
folder (SLUICE_VAR).

Exit code: 0 done, 1 refused or failed, 2 wrong use.`

const options = {
  allowPositionals: true,
  options: {
    actor: { type: 'string' },
    reason: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
} as const satisfies ParseArgsConfig

/**
 * `sluice mq user …`.
 * @param args - what follows `mq user`
 * @returns exit code: 0 done, 1 refused or failed, 2 wrong use
 */
export function mqUser(
  args: readonly string[],
  io: CommandIo,
  openUsers: (author: Author) => Promise<OpenBrokerUsers>,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const { values, positionals } = parsedOptions(args, options, usage)
    if (values.help) return 'help'
    const subsystem = subsystemOf(positionals)
    if (!values.reason?.trim()) throw wrongUse('Say why with --reason.', usage)
    return carryOut(subsystem, authorOf(values), io, openUsers)
  })
}

async function carryOut(
  subsystem: SubsystemId,
  author: Author,
  io: CommandIo,
  openUsers: (author: Author) => Promise<OpenBrokerUsers>,
): Promise<number> {
  let users: OpenBrokerUsers | undefined
  try {
    users = await openUsers(author)
    const { user, url } = await users.renew(subsystem)
    io.out(url)
    io.err(`User ${user} has a new password. It is shown this once.`)
    return 0
  } catch (error) {
    io.err(`Nothing was renewed: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await users?.close()
  }
}

/** @throws UsageError */
function subsystemOf(positionals: readonly string[]): SubsystemId {
  const [text = '', ...others] = positionals
  if (text === '' || others.length > 0) throw wrongUse('Give one SUBSYSTEM.', usage)
  try {
    return parseSubsystemId(text)
  } catch (error) {
    if (error instanceof IdentifierError) throw wrongUse(error.message, usage)
    throw error
  }
}
