import type { LoggedRequest, MediatedReply, ReceivedReply, RequestStage } from './exchange.js'
import type { LoggedEntry } from './logged-entry.js'
import type { StoredRequest } from './stored-request.js'
import { Fault, toFault, type FaultCode } from './fault.js'
import type { RefusalGround } from './message-notice.js'
import type { DeliveryBus } from './ports.js'

/** How one attempt to deliver a one-way message ended. */
export type DeliveryOutcome =
  | { readonly outcome: 'delivered'; readonly entry: LoggedEntry; readonly status: number }
  /** For good: its refusal is in the log. */
  | { readonly outcome: 'refused'; readonly fault: Fault; readonly entry: LoggedEntry }
  /** It is tried again. */
  | { readonly outcome: 'waiting'; readonly fault: Fault }

/** Who is told how far an attempt has come; each may be called more than once. */
export interface DeliveryProgress {
  /** The message stands in its recipient's line; as `send` of an adapter (adapter.ts). */
  handedOver(): void
  /** Its recipient has it, and has not asked to be tried again. That is not durable yet. */
  taken(): void
}

/**
 * One attempt to deliver a one-way message that the log has: the steps of the line again (handle-exchange.ts), by the
 * registry as it is now. Resolves always.
 */
export async function deliverStored(
  stored: StoredRequest,
  bus: DeliveryBus,
  progress: DeliveryProgress,
): Promise<DeliveryOutcome> {
  let reached: RequestStage = stored
  try {
    // Step 1 again: who signed exactly these bytes? What leaves the bus does not rest on the store alone.
    const authenticated = (reached = stored.authenticated ?? (await bus.authenticateStored(stored)))
    // Steps 2 and 3 again: a right that was withdrawn meanwhile, or another contract, bites at once.
    const authorised = (reached = bus.authorise(authenticated))
    const validated = (reached = bus.validate(authorised))
    // Step 4: the log has it already.
    return await deliverLogged(bus.recall(validated, stored), stored, bus, progress)
  } catch (error) {
    return endOf(toFault(error), { reached, stored }, bus)
  }
}

/** Steps 5 to 8. */
async function deliverLogged(
  logged: LoggedRequest,
  stored: StoredRequest,
  bus: DeliveryBus,
  progress: DeliveryProgress,
): Promise<DeliveryOutcome> {
  let reply: ReceivedReply | undefined
  try {
    // Steps 5 and 6: translate if the provider's protocol differs, and deliver.
    const mediated = bus.mediate(logged)
    reply = await bus.deliver(mediated, () => progress.handedOver())
    // Step 7: what the provider says to it is held to the rules of any answer.
    const accepted = bus.mediateReply(await bus.acceptReply(reply, logged), mediated)
    refuseForNow(accepted)
    // The next of its lane need not wait for the database.
    progress.taken()
    // Step 8: durable evidence that it was delivered, and the notices to its sender with it.
    const { entry, content } = await bus.logReply(accepted, logged)
    bus.ended(logged, 'answered')
    return { outcome: 'delivered', entry, status: content.status }
  } catch (error) {
    const answer = reply && { reply, logged }
    return endOf(toFault(error), { reached: logged, stored, answer }, bus)
  }
}

/** Ends a message that is not tried any more, because it has expired or an operator drops it. Resolves always. */
export function refuseStored(
  stored: StoredRequest,
  fault: Fault,
  ground: RefusalGround | undefined,
  bus: DeliveryBus,
): Promise<DeliveryOutcome> {
  return refuse(fault, { reached: stored, stored, ground }, bus)
}

/** What may pass by itself, or by somebody's hand, before the message expires. */
const passing: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_TIMEOUT',
  'PROVIDER_FAULT',
  'THROTTLED',
  'IN_MAINTENANCE',
  'TARGET_SUSPENDED',
  'DOMAIN_SUSPENDED',
  'MEMBER_SUSPENDED',
  'AUDIT_UNAVAILABLE',
  'INTERNAL_ERROR',
])

const tooManyRequests = 429

/**
 * Over HTTP a server's error says that the message is worth trying again. SOAP has its faults, which speak of the
 * message, under status 500 (SOAP 1.1 §6.2): there the gateway's ones are left.
 */
function refuseForNow({ content }: MediatedReply): void {
  const { format, status } = content
  const from = format === 'soap' ? 502 : 500
  if (status < from && status !== tooManyRequests) return
  throw new Fault('PROVIDER_FAULT', { detail: `The provider's system answered with ${status}.` })
}

interface Attempt {
  readonly reached: RequestStage
  readonly stored: StoredRequest
  readonly answer?: { readonly reply: ReceivedReply; readonly logged: LoggedRequest } | undefined
  readonly ground?: RefusalGround | undefined
}

function endOf(
  fault: Fault,
  attempt: Attempt,
  bus: DeliveryBus,
): Promise<DeliveryOutcome> | DeliveryOutcome {
  const isOver = bus.now() >= attempt.stored.expiresAt
  if (passing.has(fault.code) && !isOver) return { outcome: 'waiting', fault }
  return refuse(fault, attempt, bus)
}

async function refuse(
  fault: Fault,
  { reached, stored, answer, ground }: Attempt,
  bus: DeliveryBus,
): Promise<DeliveryOutcome> {
  const entry = await bus.refuseStored(fault, stored, { answer, ground })
  // Without an entry the message is still in the outbox, and its sender was told nothing.
  if (!entry) return { outcome: 'waiting', fault }
  bus.ended(reached, fault)
  return { outcome: 'refused', fault, entry }
}
