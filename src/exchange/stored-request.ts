import type { AuthenticatedRequest, ReceivedRequest } from './exchange.js'
import type { ServiceId, SubsystemId } from './identifier.js'
import type { LoggedEntry } from './logged-entry.js'

/** Whom a one-way message concerns, as the message log has it, whatever has become of its content. */
export interface StoredFacts {
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly provider: SubsystemId
  readonly messageId: string
  readonly correlationId: string | undefined
  readonly domain: string | undefined
  readonly consumerProtocol: string
  readonly providerProtocol: string | undefined
}

/**
 * A one-way request as the message log has it, read back to be delivered. Where its content is none any more, that is
 * malformed and says why.
 */
export interface StoredRequest extends ReceivedRequest {
  readonly entry: LoggedEntry
  readonly facts: StoredFacts
  readonly expiresAt: Date
  /** Of one that came a moment ago: what step 1 found, which is not done again then. */
  readonly authenticated?: AuthenticatedRequest | undefined
}
