import type { KeptRequest } from '../../src/exchange/envelope.js'
import type { SoapPayload, SoapRequestContent } from '../../src/exchange/soap-content.js'
import { parseHead } from '../../src/http/kept-head.js'
import { soapStartBytesMax } from '../../src/limits/soap.js'
import { readContentType, type SoapContentType } from './content-type.js'
import { readMultipart } from './multipart.js'
import { onlyValue, readSoapAction } from './soap-action.js'

/**
 * A request of this lane again, as the message log keeps it: in memory, however it had come.
 * @throws HttpHeadError, PackagingError, Fault REQUEST_INVALID
 */
export function restoreRequest({
  head,
  payload: bytes,
}: Pick<KeptRequest, 'head' | 'payload'>): SoapRequestContent {
  const { rawHeaders } = parseHead(head)
  const type = readContentType(onlyValue(rawHeaders, 'Content-Type'))
  const payload = payloadOf(bytes, type)
  const { envelope } = payload
  return {
    format: 'soap',
    rawHeaders,
    action: readSoapAction(rawHeaders, type),
    start: envelope.subarray(0, soapStartBytesMax),
    startIsWhole: envelope.length <= soapStartBytesMax,
    head: () => head,
    readPayload: () => Promise.resolve(payload),
  }
}

function payloadOf(bytes: Buffer, type: SoapContentType): SoapPayload {
  if (type.packaging === 'plain') return { bytes, envelope: bytes, attachments: [] }
  const { soapPart, attachments } = readMultipart(bytes, type)
  return { bytes, envelope: soapPart.envelope, attachments, isXop: type.packaging === 'mtom' }
}
