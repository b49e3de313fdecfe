import type { AuthorisedRequest, ValidatedRequest } from '../exchange/exchange.js'

/**
 * Step 3. No service has a machine-readable contract registered yet, so there is nothing to hold a
 * message to, and the log says so: contract version `none`.
 */
export function validate(authorised: AuthorisedRequest): ValidatedRequest {
  // Field by field, as at every stage: spreading costs 2.5 us an object on Node 20.
  return {
    exchangeId: authorised.exchangeId,
    receivedAt: authorised.receivedAt,
    adapter: authorised.adapter,
    content: authorised.content,
    remoteAddress: authorised.remoteAddress,
    verified: authorised.verified,
    envelope: authorised.envelope,
    signer: authorised.signer,
    route: authorised.route,
    contractVersion: 'none',
    mappingVersion: 'none',
    derived: undefined,
  } as ValidatedRequest
}
