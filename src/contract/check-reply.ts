import type { AcceptedReply, LoggedRequest, MediatedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { isInMemory } from '../exchange/payload.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import { mediatedBytesMax } from '../limits/mediation.js'
import { ContractBreach, type Violation } from '../violation/violation.js'
import { breachFault } from './breach.js'
import type { ContractRules } from './validate.js'

/**
 * Step 7 as to the contract: does the provider's answer keep it?
 * @throws Fault RESPONSE_INVALID with the places, INTERNAL_ERROR where the contract cannot be used
 */
export function createCheckReply(
  rules: ContractRules,
): (accepted: AcceptedReply, logged: LoggedRequest) => void {
  return ({ content }, logged) => {
    const { contract: terms, pattern } = logged.route
    // Of what is said to a one-way message the status tells all that its sender is told.
    if (!terms || terms.reply === 'off' || pattern === 'one-way') return
    const { checks } = rules.contracts.get(terms.digest)
    const { adapter, derived, verified } = logged
    const path = verified.format === 'http' ? adapter.ownPath?.(verified) : undefined
    const violations = checks.reply(content, { verified, derived, path })
    if (violations.length === 0) return
    note(logged, terms.reply, violations, rules)
    if (terms.reply === 'block') throw breachFault('reply', violations)
  }
}

/**
 * The second part of step 7: carries an answer back into the consumer's protocol.
 * @throws Fault RESPONSE_INVALID with the places, PROVIDER_FAULT for a failure that the contract does not know,
 *   INTERNAL_ERROR where the contract cannot be used
 */
export function createCarryBack(
  rules: ContractRules,
): (content: ReplyContent, mediated: MediatedRequest) => ReplyContent {
  return (content, { logged }) => {
    const { contract: terms, pattern, protocol } = logged.route
    // It goes back to nobody.
    if (pattern === 'one-way') return content
    const mapping =
      terms && rules.contracts.get(terms.digest).mapping(logged.adapter.protocol, protocol)
    if (!mapping) throw new Fault('MAPPING_FAILED')
    if (!isInMemory(content.payload) || content.payload.length > mediatedBytesMax) {
      throw new Fault('RESPONSE_INVALID', {
        detail: `An answer for a system of another protocol may have ${mediatedBytesMax} bytes.`,
      })
    }
    try {
      return mapping.reply(content, logged.derived)
    } catch (error) {
      if (!(error instanceof ContractBreach)) throw error
      note(logged, 'block', error.violations, rules)
      throw breachFault('reply', error.violations, error)
    }
  }
}

function note(
  { exchangeId, route }: LoggedRequest,
  level: 'report' | 'block',
  violations: readonly Violation[],
  { noteBreach }: ContractRules,
): void {
  noteBreach({ exchangeId, service: route.service, side: 'reply', level, violations })
}
