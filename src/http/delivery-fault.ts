import { Fault, toFault } from '../exchange/fault.js'
import { ForbiddenAddressError } from './address-policy.js'
import { forbiddenAddress } from './provider-pools.js'
import { answerField } from './retry-after.js'

// undici's own codes; everything else is the network's.
const notTheProviders = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

/**
 * What undici's error says of a delivery.
 * @param sent - whether the request was being written when it came
 */
export function faultOf(error: Error, sent: boolean): Fault {
  const code = (error as { readonly code?: unknown }).code
  if (error instanceof ForbiddenAddressError) return forbiddenAddress(error)
  // A request that undici will not write says nothing about the provider.
  if (typeof code === 'string' && notTheProviders.has(code))
    return new Fault('INTERNAL_ERROR', { cause: error })
  if (!sent) return new Fault('PROVIDER_UNAVAILABLE', { cause: error })
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new Fault('RESPONSE_INVALID', {
      detail: "The head of the provider's answer is too long.",
      cause: error,
    })
  }
  return providerFault(error)
}

export function providerFault(cause: unknown): Fault {
  return new Fault('PROVIDER_FAULT', {
    detail: 'The provider broke off, or its answer is no well-formed HTTP.',
    cause,
  })
}

export function unsignableAnswer(field: string): Fault {
  return new Fault('RESPONSE_INVALID', {
    field,
    detail: "The header field of the provider's answer holds bytes other than printable ASCII.",
  })
}

export function replyTooLarge(bytesMax: number): Fault {
  return new Fault('RESPONSE_INVALID', {
    detail: `The provider's answer is longer than ${bytesMax} bytes.`,
  })
}

/** No room for an answer that is there: whoever asks again must know that the provider has acted. */
export function noRoomForAnswer(error: unknown): Fault {
  const fault = toFault(error)
  if (fault.code !== 'THROTTLED') return fault
  const detail = `${fault.detail ?? ''} The provider has had the request.`.trim()
  return new Fault('THROTTLED', { side: fault.side, field: answerField, detail, cause: error })
}
