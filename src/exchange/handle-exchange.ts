import type { ReceivedReply, ReceivedRequest, Reply, RequestStage } from './exchange.js'
import { toFault } from './fault.js'
import type { Bus } from './ports.js'

/**
 * One exchange, from the consumer's request to the consumer's reply. Read this file first.
 * Resolves always: with the answer, or with a refusal from the closed list.
 */
export async function handleExchange(received: ReceivedRequest, bus: Bus): Promise<Reply> {
  const { exchangeId } = received
  let reached: RequestStage = received
  let answer: ReceivedReply | undefined
  try {
    bus.admission.enter()
    // Step 1: who signed exactly these bytes? Whose key signed the head, and who asks with it; their
    // payload is read once they are counted in, so that nobody takes others' places with one. From
    // here on only verified content is read.
    const signed = (reached = bus.verifyHead(received))
    const identified = (reached = bus.identify(signed))
    // May it come from that network, and by that connection?
    bus.checkEntrance(identified)
    bus.admission.admit(exchangeId, identified.envelope.consumer)
    const authenticated = (reached = await bus.authenticate(identified))
    // Step 2: is this subsystem registered, may it call this service, now, for this purpose?
    const authorised = (reached = bus.authorise(authenticated))
    // Does the consumer keep to its share? Nothing waits where nothing is counted.
    const counted = bus.fairUse.take(authorised)
    if (counted) await counted
    // Step 3: does the message keep the service's contract?
    const validated = (reached = bus.validate(authorised))
    // Step 4: durable evidence of what was asked, before anything leaves the bus.
    const logged = (reached = await bus.logRequest(validated))
    // A one-way message is the outbox's from here on (deliver-stored.ts): it was made durable with the entry.
    if (logged.route.pattern === 'one-way') {
      bus.ended(logged, 'accepted')
      return { outcome: 'accepted', exchangeId, request: logged, entry: logged.entry }
    }
    // Steps 5 and 6: translate if the provider's protocol differs, and deliver.
    const mediated = bus.mediate(logged)
    answer = await bus.deliver(mediated)
    // Step 7: the provider's answer is held to the same rules as the request, and translated back.
    const accepted = bus.mediateReply(await bus.acceptReply(answer, logged), mediated)
    // Step 8: durable evidence of what was answered, before the consumer sees it.
    const { forConsumer: content, entry } = await bus.logReply(accepted, logged)
    bus.ended(logged, 'answered')
    // Step 9: reply; the inbound side renders and signs it, with the receipt of the entry.
    return { outcome: 'answered', exchangeId, request: logged, content, entry }
  } catch (error) {
    const fault = toFault(error)
    bus.fairUse.giveBack(reached)
    const entry = await bus.logRefusal(fault, reached, answer)
    bus.ended(reached, fault)
    const signer = 'signer' in reached ? reached.signer : undefined
    const verified = 'verified' in reached ? reached.verified : undefined
    return { outcome: 'refused', exchangeId, fault, signer, verified, entry }
  } finally {
    bus.admission.leave(exchangeId)
  }
}
