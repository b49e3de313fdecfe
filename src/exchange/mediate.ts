import type {
  AcceptedReply,
  LeftOut,
  LoggedRequest,
  MediatedReply,
  MediatedRequest,
} from './exchange.js'
import type { Route } from './route.js'
import { Fault } from './fault.js'
import type { ReplyContent } from './signed-content.js'

/**
 * Step 5. Where both sides speak one protocol the payload's bytes stay untouched (C3); translating
 * between protocols needs a mapping, and without one the exchange is refused, never guessed.
 * @throws Fault MAPPING_FAILED
 */
export function mediate(logged: LoggedRequest): MediatedRequest {
  const { derived, mappingVersion } = logged
  if (derived === undefined && logged.adapter.protocol !== logged.route.protocol) {
    throw new Fault('MAPPING_FAILED', {
      detail: 'The service has no mapping from the protocol of this request.',
    })
  }
  return { logged, mappingVersion, derived } as MediatedRequest
}

/** Carries an answer to a request that was derived back into the consumer's protocol. */
export type CarryBack = (content: ReplyContent, mediated: MediatedRequest) => ReplyContent

/** Cuts out of an answer what the access right leaves out; undefined where it leaves nothing out. */
export type LeaveOut = (content: ReplyContent, route: Route) => LeftOut | undefined

/**
 * Step 7, its second part: an answer to a request that went untouched goes back untouched, but for what the access right
 * leaves out. That is in the provider's words, and cut before anything is translated.
 */
export function createMediateReply(
  leaveOut: LeaveOut,
  carryBack: CarryBack,
): (accepted: AcceptedReply, mediated: MediatedRequest) => MediatedReply {
  return (accepted, mediated) => {
    const { content, delivered, deliveredAt, receivedAt, signer } = accepted
    const left = leaveOut(content, mediated.logged.route)
    const passed = left?.content ?? content
    return {
      content,
      delivered,
      deliveredAt,
      receivedAt,
      signer,
      forConsumer: mediated.derived === undefined ? passed : carryBack(passed, mediated),
      filtered: left?.fields,
      mediated,
    } as MediatedReply
  }
}
