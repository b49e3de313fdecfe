import { Fault } from '../../exchange/fault.js'
import { isInMemory } from '../../exchange/payload.js'
import type { SoapReplyContent } from '../../exchange/soap-content.js'
import { xmlAttachmentBytesMax } from '../../limits/soap.js'
import { XmlDocument } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'
import { attachmentField, isXml } from './attachments.js'
import { mediaTypeOf } from './mime-headers.js'
import { checkCanonicalLength } from './spooled-digests.js'
import { findIncludes } from './xop.js'

const none: ReadonlySet<string> = new Set()

/**
 * Refuses an answer that the bus could not sign, before the log says of the exchange that it was answered:
 * XML in an attachment has to be canonicalised for that, and a Body with parts on the spool too.
 * @throws Fault RESPONSE_INVALID, PAYLOAD_UNSAFE
 */
export function checkSignable(content: SoapReplyContent): void {
  const { attachments } = content
  if (attachments.length === 0) return
  const included = includedIn(content)
  attachments.forEach(({ contentId, rawHeaders, content: bytes }, index) => {
    if (included.has(contentId) || !isXml(mediaTypeOf(rawHeaders))) return
    const field = attachmentField(index)
    if (!isInMemory(bytes)) {
      const detail = `An XML attachment of a large answer may have ${xmlAttachmentBytesMax} bytes.`
      throw new Fault('RESPONSE_INVALID', { field, detail })
    }
    checkXml(bytes, field)
  })
}

function checkXml(bytes: Uint8Array, field: string): void {
  try {
    readXml(bytes)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const detail = `An XML attachment of the answer is not accepted: ${error.reason}.`
    throw new Fault('RESPONSE_INVALID', { field, detail, cause: error })
  }
}

/** Content ids of the attachments that are signed as part of the Body. */
function includedIn(content: SoapReplyContent): ReadonlySet<string> {
  const { attachments, document, isXop = false } = content
  if (!isXop || !(document instanceof XmlDocument)) return none
  const { root } = document
  const body = document.child(root, document.namespace(root), 'Body')
  if (body === undefined) return none
  try {
    const includes = findIncludes(document, body, attachments)
    if (!isInMemory(content.payload)) checkCanonicalLength(document, body, includes)
    return includes.contentIds
  } catch (error) {
    // An Include that is none of XOP: all is signed as it stands then.
    if (error instanceof Fault && error.code === 'SIGNATURE_INVALID') return none
    throw error
  }
}
