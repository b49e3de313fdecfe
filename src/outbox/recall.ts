import type { AuthenticatedRequest, LoggedRequest } from '../exchange/exchange.js'
import type { StoredFacts, StoredRequest } from '../exchange/stored-request.js'
import type { ProtocolAdapter } from '../exchange/adapter.js'
import type { SignedContent } from '../exchange/signed-content.js'
import type { KeptEntry } from '../message-log/stored-requests.store.js'
import type { OutboxMessage } from './outbox-message.js'

export interface RecallParts {
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  /** Reads what the message log keeps of a request; undefined where it has none. */
  readonly read: (exchangeId: string) => Promise<KeptEntry | undefined>
}

/** A message that cannot be ended either: there is no entry that its outcome could refer to. */
export class NotInLog extends Error {
  override readonly name = 'NotInLog'
}

/** The entry's facts, where somebody has not changed them; else those of the outbox's row. */
function factsOf(message: OutboxMessage, kept: StoredFacts): StoredFacts {
  const { sender, recipient, provider, messageId } = message
  return { ...kept, sender, recipient, provider, messageId }
}

/**
 * A message's request again, out of the message log. Content that cannot be made of what is kept is malformed, which
 * refuses it for good.
 * @throws NotInLog; Error where this worker cannot read it, and another or a later one may
 */
export async function recallRequest(
  message: OutboxMessage,
  { adapters, read }: RecallParts,
): Promise<StoredRequest> {
  const adapter = adapters.get(message.protocol)
  if (!adapter?.restore) throw new Error(`there is no adapter for messages by ${message.protocol}`)
  const kept = await read(message.exchangeId)
  if (!kept) throw new NotInLog(`the message log has no request ${message.exchangeId}`)
  return {
    exchangeId: message.exchangeId,
    receivedAt: kept.receivedAt,
    adapter,
    content: contentOf(message, kept, adapter),
    remoteAddress: kept.remoteAddress,
    entry: kept.entry,
    facts: factsOf(message, kept.facts),
    expiresAt: message.expiresAt,
  }
}

function contentOf(
  { sender, copy }: OutboxMessage,
  { message }: KeptEntry,
  adapter: ProtocolAdapter,
): SignedContent {
  if (typeof message === 'string') return malformed(message)
  try {
    const { head, payload } = message
    return adapter.restore?.({ head, payload, sender, copy }) ?? malformed('There is no way back.')
  } catch {
    return malformed('What is kept of the message is no message of its protocol.')
  }
}

function malformed(reason: string): SignedContent {
  return { format: 'malformed', code: 'PAYLOAD_UNSAFE', reason, head: () => new Uint8Array() }
}

/** The same of a message that was accepted here a moment ago, and not read back. */
export function freshRequest(message: OutboxMessage, logged: LoggedRequest): StoredRequest {
  const { envelope, route, adapter } = logged
  const authenticated: AuthenticatedRequest = logged
  return {
    exchangeId: logged.exchangeId,
    receivedAt: logged.receivedAt,
    adapter,
    content: logged.content,
    remoteAddress: logged.remoteAddress,
    entry: logged.entry,
    facts: {
      sender: envelope.consumer,
      recipient: route.service,
      provider: route.provider,
      messageId: envelope.messageId,
      correlationId: envelope.correlationId,
      domain: route.domain,
      consumerProtocol: adapter.protocol,
      providerProtocol: route.protocol,
    },
    expiresAt: message.expiresAt,
    authenticated,
  }
}
