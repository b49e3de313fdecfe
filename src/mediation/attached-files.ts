import { isInMemory } from '../exchange/payload.js'
import { Fault } from '../exchange/fault.js'
import type { SoapAttachment, SpoolableAttachment } from '../exchange/soap-content.js'
import { mediatedBytesMax } from '../limits/mediation.js'
import { breach } from '../violation/violation.js'
import { listed } from './breaches.js'
import { contentIdIn } from '../xml/content-id.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'

export const xopNamespace = 'http://www.w3.org/2004/08/xop/include'

/** A SOAP message's parts beside its envelope, as far as mediation needs to know of them. */
export interface PackedParts {
  readonly attachments: readonly SpoolableAttachment[]
  readonly isXop?: boolean
}

/** The attachments of one message: each goes over in one place, and none is left behind. */
export class AttachedFiles {
  readonly #left = new Map<string, SoapAttachment>()
  readonly #isXop: boolean

  /**
   * @param tooLarge - what a message is refused with whose attachments are more than mediation holds in memory
   * @throws Fault `tooLarge`
   */
  constructor(
    { attachments, isXop = false }: PackedParts,
    tooLarge: 'PAYLOAD_TOO_LARGE' | 'RESPONSE_INVALID',
  ) {
    this.#isXop = isXop
    let bytes = 0
    for (const { contentId, rawHeaders, content } of attachments) {
      bytes += content.length
      if (!isInMemory(content) || bytes > mediatedBytesMax) {
        const detail = `Attachments for a system of another protocol may have ${mediatedBytesMax} bytes.`
        throw new Fault(tooLarge, { field: 'attachments', detail })
      }
      this.#left.set(contentId, { contentId, rawHeaders, content })
    }
  }

  /** Those that stand nowhere yet, in their order. */
  get left(): readonly SoapAttachment[] {
    return [...this.#left.values()]
  }

  /** Takes one out. */
  take(contentId: string): SoapAttachment | undefined {
    const attachment = this.#left.get(contentId)
    this.#left.delete(contentId)
    return attachment
  }

  /**
   * The base64 that an `xop:Include` stands for (XOP 1.0 §4.2).
   * @param child - the first element in it
   * @returns undefined where it is no Include, is not alone, or names no attachment that is left
   */
  included(document: XmlDocument, element: XmlElement, child: XmlElement): string | undefined {
    const isInclude =
      this.#isXop &&
      document.is(child, xopNamespace, 'Include') &&
      document.nextSibling(child) === undefined &&
      document.firstChild(child) === undefined &&
      document.hasOnlyElements(element) &&
      document.hasOnlyElements(child)
    if (!isInclude) return undefined
    const contentId = contentIdIn(document.attribute(child, '', 'href') ?? '')
    const found = contentId === undefined ? undefined : this.take(contentId)
    return found && base64Of(found.content)
  }

  /** @throws ContractBreach where something stands nowhere: it would be lost */
  raise(): void {
    if (this.#left.size > 0) {
      throw breach('/', 'attachment', listed(this.#left.keys()))
    }
  }
}

export function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}
