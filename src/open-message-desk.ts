import { createPool } from './database/connection.js'
import { messageDeskLimits } from './limits/one-way.js'
import type { MessageLog } from './message-log/message-log.store.js'
import type { StoreInput } from './open-stores.js'
import { MessageDeskStore } from './outbox/message-desk.store.js'

const connectionTimeoutMs = 5_000
const idleTimeoutMs = 60_000

/** Opens what senders ask and recipients tell, under the role that reads the log and adds to it. */
export function openMessageDesk(input: StoreInput, messageLog: MessageLog): MessageDeskStore {
  const { connectionsMax, statementTimeoutMs } = messageDeskLimits
  const pool = createPool(
    {
      url: input.databaseUrl.reveal(),
      role: 'bus',
      applicationName: 'sluice message desk',
      ...{ connectionTimeoutMs, statementTimeoutMs, connectionsMax, idleTimeoutMs },
    },
    (error) => input.warn('message_desk.idle_connection_broke', { error: String(error) }),
  )
  return new MessageDeskStore(pool, messageLog)
}
