import { Fault } from '../../src/exchange/fault.js'
import type { PublishError } from './publish-error.js'

/** What the trouble of a publication says of the delivery to a provider. */
export function deliveryFault(error: PublishError): Fault {
  const detail = error.message
  switch (error.trouble) {
    case 'rejected':
      // Of the provider's side: nobody but its system empties the queue.
      return new Fault('THROTTLED', { side: 'provider', detail, cause: error })
    case 'crowded':
      return new Fault('THROTTLED', { side: 'bus', detail, cause: error })
    case 'unwritable':
      return new Fault('INTERNAL_ERROR', { cause: error })
    case 'unconfirmed':
      return new Fault('PROVIDER_TIMEOUT', { side: 'bus', detail, cause: error })
    case 'away':
    case 'blocked':
    case 'unroutable':
    case 'lost':
      // The provider has no part in it, and its service stays open to others.
      return new Fault('PROVIDER_UNAVAILABLE', { side: 'bus', detail, cause: error })
  }
}
