import type { LoggedRequest, MediatedRequest } from './exchange.js'
import { Fault } from './fault.js'

/**
 * Step 5. Where both sides speak one protocol the payload's bytes stay untouched (C3); translating
 * between protocols needs a mapping, and without one the exchange is refused, never guessed.
 * @throws Fault MAPPING_FAILED
 */
export function mediate(logged: LoggedRequest): MediatedRequest {
  if (logged.adapter.protocol !== logged.route.protocol) {
    throw new Fault('MAPPING_FAILED', {
      detail: 'The service has no mapping from the protocol of this request.',
    })
  }
  return { logged, mappingVersion: 'none' } as MediatedRequest
}
