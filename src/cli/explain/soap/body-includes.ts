import { Fault } from '../../../exchange/fault.js'
import type { SoapAttachment } from '../../../exchange/soap-content.js'
import { expandedIncludes, findIncludes } from '../../../trust/wss/xop.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'

/** What of an element stands in attachments (MTOM). */
export interface BodyIncludes {
  readonly replaced: ReadonlyMap<XmlElement, Iterable<Uint8Array>>
  /** Content ids. */
  readonly contentIds: ReadonlySet<string>
}

/** The Includes in a Body, as the verifier expands them; undefined where one is not as XOP wants it. */
export function includesIn(
  document: XmlDocument,
  body: XmlElement,
  attachments: readonly SoapAttachment[],
): BodyIncludes | undefined {
  try {
    const includes = findIncludes(document, body, attachments)
    return { replaced: expandedIncludes(includes), contentIds: includes.contentIds }
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
