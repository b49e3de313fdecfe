import { Fault } from '../../src/exchange/fault.js'
import type { HttpReplyContent, SoapReplyContent } from '../../src/exchange/signed-content.js'
import { firstValue } from '../../src/http/headers.js'
import { readContentType } from './content-type.js'
import { readMultipart } from './multipart.js'
import { PackagingError } from './packaging-error.js'

/** PROVISIONAL. */
export function readProviderAnswer(content: HttpReplyContent): SoapReplyContent {
  try {
    const type = readContentType(firstValue(content.rawHeaders, 'content-type'))
    const { status, rawHeaders, payload } = content
    const head = (): Uint8Array => content.head()
    if (type.packaging === 'plain') {
      return {
        format: 'soap',
        status,
        rawHeaders,
        payload,
        envelope: payload,
        attachments: [],
        head,
      }
    }
    const { soapPart, attachments } = readMultipart(payload, type)
    return {
      format: 'soap',
      status,
      rawHeaders,
      payload,
      envelope: soapPart.envelope,
      attachments,
      head,
    }
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    throw new Fault('RESPONSE_INVALID', { field: error.field, detail: error.message, cause: error })
  }
}
