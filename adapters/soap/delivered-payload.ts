import type { SoapHandling } from '../../src/exchange/exchange.js'
import type { RawHeaders, VerifiedSoapRequest } from '../../src/exchange/signed-content.js'
import { firstValue } from '../../src/http/headers.js'
import { readContentType } from './content-type.js'
import { readMultipart } from './multipart.js'
import { replaceSoapPart } from './replace-soap-part.js'
import { strippedEnvelope } from './strip.js'

/**
 * What a provider gets: the HTTP body as it came, or without the parts of the Header that the service
 * has stripped. Body and attachments are the consumer's bytes either way.
 */
export function payloadFor(
  request: VerifiedSoapRequest,
  rawHeaders: RawHeaders,
  handling: SoapHandling | undefined,
): Uint8Array {
  if (!handling) return request.payload
  const security = handling.securityHeader === 'strip'
  const envelope = handling.xroadHeaders === 'strip'
  if (!security && !envelope) return request.payload
  const stripped = strippedEnvelope(request, { security, envelope })
  const type = readContentType(firstValue(rawHeaders, 'content-type'))
  return type.packaging === 'plain'
    ? stripped
    : replaceSoapPart(readMultipart(request.payload, type), stripped)
}
