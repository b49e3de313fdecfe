import type {
  LoggedEntry,
  LoggedRequest,
  ReceivedReply,
  RequestStage,
  StoredRequest,
} from './exchange.js'
import { toFault, type Fault, type FaultCode } from './fault.js'
import type { DeliveryBus } from './ports.js'

/** How one attempt to deliver a one-way message ended. */
export type DeliveryOutcome =
  | { readonly outcome: 'delivered'; readonly entry: LoggedEntry; readonly status: number }
  /** For good: its refusal is in the log, or would be if the log could take it. */
  | { readonly outcome: 'refused'; readonly fault: Fault; readonly entry: LoggedEntry | undefined }
  /** It is tried again. */
  | { readonly outcome: 'waiting'; readonly fault: Fault }

/**
 * One attempt to deliver a one-way message that the log has: the steps of the line again (handle-exchange.ts), by the
 * registry as it is now. Resolves always.
 */
export async function deliverStored(
  stored: StoredRequest,
  bus: DeliveryBus,
): Promise<DeliveryOutcome> {
  let reached: RequestStage = stored
  try {
    // Step 1 again: who signed exactly these bytes? What leaves the bus does not rest on the store alone.
    const authenticated = (reached = await bus.authenticateStored(stored))
    // Steps 2 and 3 again: a right that was withdrawn meanwhile, or another contract, bites at once.
    const authorised = (reached = bus.authorise(authenticated))
    const validated = (reached = bus.validate(authorised))
    // Step 4: the log has it already.
    return await deliverLogged(bus.recall(validated, stored), stored.expiresAt, bus)
  } catch (error) {
    return endOf(toFault(error), { reached, expiresAt: stored.expiresAt }, bus)
  }
}

/** The same for one that has just been logged here: steps 5 to 8. */
export async function deliverLogged(
  logged: LoggedRequest,
  expiresAt: Date,
  bus: DeliveryBus,
): Promise<DeliveryOutcome> {
  let answer: ReceivedReply | undefined
  try {
    // Steps 5 and 6: translate if the provider's protocol differs, and deliver.
    const mediated = bus.mediate(logged)
    answer = await bus.deliver(mediated)
    // Step 7: what the provider says to it is held to the rules of any answer.
    const accepted = bus.mediateReply(await bus.acceptReply(answer, logged), mediated)
    // Step 8: durable evidence that it was delivered, and the notices to its sender with it.
    const { entry, content } = await bus.logReply(accepted, logged)
    bus.ended(logged, 'answered')
    return { outcome: 'delivered', entry, status: content.status }
  } catch (error) {
    return endOf(toFault(error), { reached: logged, answer, expiresAt }, bus)
  }
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

interface Attempt {
  readonly reached: RequestStage
  readonly answer?: ReceivedReply | undefined
  readonly expiresAt: Date
}

async function endOf(
  fault: Fault,
  { reached, answer, expiresAt }: Attempt,
  bus: DeliveryBus,
): Promise<DeliveryOutcome> {
  if (passing.has(fault.code) && bus.now() < expiresAt) return { outcome: 'waiting', fault }
  const entry = await bus.logRefusal(fault, reached, answer)
  bus.ended(reached, fault)
  return { outcome: 'refused', fault, entry }
}
