import { recordAct } from '../audit-log/audit-log.store.js'
import type { FoundMessage } from '../outbox/outbox.store.js'
import {
  dropMessage,
  findMessage,
  listMessages,
  retryMessage,
  type MessageFilter,
} from '../outbox/operator.store.js'
import type { Author } from './author.js'
import { openClientOf, type DatabasePlace } from './open-database.js'

/** The outbox, opened for a command. */
export interface OpenOutbox {
  list(filter: MessageFilter): Promise<FoundMessage[]>
  find(exchangeId: string): Promise<FoundMessage | undefined>
  /** Whether such a message waits. */
  retry(exchangeId: string): Promise<boolean>
  /** Whether such a message waits; its end is an act of the author. */
  drop(exchangeId: string, ground: string, author: Author): Promise<boolean>
  close(): Promise<void>
}

/** Opens the outbox, to look at it or to change something. */
export type OpenOutboxFor = (access: 'read' | 'change') => Promise<OpenOutbox>

/** Who looks needs a login of an auditor, who changes the owner's. The caller closes it. @throws NothingThere */
export async function openOutboxOf(
  place: DatabasePlace,
  access: 'read' | 'change',
): Promise<OpenOutbox> {
  const { client, close } = await openClientOf(place, access === 'read' ? 'auditor' : 'owner')
  return {
    list: (filter) => listMessages(client, filter),
    find: (exchangeId) => findMessage(client, exchangeId),
    retry: (exchangeId) => retryMessage(client, exchangeId),
    drop: (exchangeId, ground, author) =>
      dropMessage(client, { exchangeId, ground }, (within) =>
        recordAct(within, {
          ...author,
          kind: 'outbox.drop',
          reason: ground,
          subject: `exchange ${exchangeId}`,
        }),
      ),
    close,
  }
}
