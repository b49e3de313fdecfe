import { createClient, createPool, type ConnectionOptions } from './database/connection.js'
import type { ProtocolAdapter } from './exchange/adapter.js'
import type { DeliveryBus } from './exchange/ports.js'
import { outboxLimits } from './limits/one-way.js'
import type { MessageLog } from './message-log/message-log.store.js'
import type { StoreInput } from './open-stores.js'
import type { HeldPartitions } from './outbox/held-partitions.js'
import { NoticeStore } from './outbox/notices.store.js'
import { OutboxStore } from './outbox/outbox.store.js'
import { PartitionKeeper } from './outbox/partition-keeper.store.js'
import { OutboxRelay } from './outbox/relay.js'
import type { RegistryFollower } from './registry/registry-follower.store.js'

export interface OutboxInput extends StoreInput {
  readonly delivery: DeliveryBus
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly releaseReply: (exchangeId: string) => void
  readonly messageLog: MessageLog
  readonly registry: RegistryFollower
  readonly held: HeldPartitions
}

/** The outbox of one worker. */
export interface OpenOutbox {
  readonly relay: OutboxRelay
  start(): void
  /** Ends the deliveries in progress, and begins no others. */
  stop(): Promise<void>
}

const connectionTimeoutMs = 5_000
const idleTimeoutMs = 60_000

/** Made, and not started: what it delivers by has to be there first. */
export function openOutbox(input: OutboxInput): OpenOutbox {
  const { warn, registry, messageLog } = input
  const connection: ConnectionOptions = {
    url: input.databaseUrl.reveal(),
    role: 'bus',
    applicationName: 'sluice outbox',
    connectionTimeoutMs,
    statementTimeoutMs: outboxLimits.statementTimeoutMs,
  }
  const { connectionsMax } = outboxLimits
  const pool = createPool({ ...connection, connectionsMax, idleTimeoutMs }, (error) => {
    warn('outbox.idle_connection_broke', { error: String(error) })
  })
  const relay = new OutboxRelay({
    store: new OutboxStore(pool),
    notices: new NoticeStore(pool),
    held: input.held,
    keeperOf: (told) =>
      new PartitionKeeper({ ...told, connect: () => createClient(connection), warn }),
    bus: input.delivery,
    adapters: input.adapters,
    readStored: (exchangeIds) => messageLog.readStored(pool, exchangeIds),
    releaseReply: input.releaseReply,
    warn,
  })
  let stopFollowing = (): void => undefined
  return {
    relay,
    start() {
      stopFollowing = registry.onChange(() => relay.registryChanged())
      relay.start()
    },
    async stop() {
      stopFollowing()
      await relay.stop()
      await pool.end()
    },
  }
}
