import type { Limits } from './limits/default-limits.js'
import type { LogKeys } from './config/log-keys.js'
import type { Secret } from './config/secrets.js'
import { createClient } from './database/connection.js'
import type { SignReceipts } from './exchange/logged-entry.js'
import { MessageLog } from './message-log/message-log.store.js'
import { RegistryFollower } from './registry/registry-follower.store.js'

/** What both the workers and the node's jobs open their stores from. */
export interface StoreInput {
  readonly limits: Limits
  readonly databaseUrl: Secret<string>
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

const connectionTimeoutMs = 5_000
const registryStatementTimeoutMs = 15_000

/** Follows the registry; resolves with the first snapshot loaded. */
export async function openRegistry(input: StoreInput): Promise<RegistryFollower> {
  const registry = new RegistryFollower({
    createClient: () =>
      createClient({
        url: input.databaseUrl.reveal(),
        role: 'bus',
        applicationName: 'sluice registry',
        connectionTimeoutMs,
        statementTimeoutMs: registryStatementTimeoutMs,
      }),
    staleMsMax: input.limits.registryStaleMsMax,
    warn: input.warn,
  })
  await registry.start()
  return registry
}

/** Opens the message log for writing under the role that can only add to it. */
export async function openMessageLog(
  input: StoreInput,
  keys: Secret<LogKeys>,
  signReceipts: SignReceipts,
): Promise<MessageLog> {
  const { limits, databaseUrl, warn } = input
  const messageLog = new MessageLog({
    ...keys.reveal(),
    signReceipts,
    connect: () =>
      createClient({
        url: databaseUrl.reveal(),
        role: 'bus',
        applicationName: 'sluice message log',
        connectionTimeoutMs,
        statementTimeoutMs: limits.logCommitTimeoutMs,
      }),
    limits: {
      queueRecordsMax: limits.logQueueRowsMax,
      queueBytesMax: limits.logQueueBytesMax,
      largeQueueBytesMax: limits.logLargeQueueBytesMax,
    },
    warn,
  })
  await messageLog.start()
  return messageLog
}
