import type { AuthorisedRequest, ValidatedRequest } from '../exchange/exchange.js'

/**
 * Step 3. No service has a machine-readable contract registered yet, so there is nothing to hold a
 * message to, and the log says so: contract version `none`.
 */
export function validate(authorised: AuthorisedRequest): ValidatedRequest {
  return { ...(authorised as object), contractVersion: 'none' } as ValidatedRequest
}
