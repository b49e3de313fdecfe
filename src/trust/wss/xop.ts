import type { Fault } from '../../exchange/fault.js'
import type { SoapAttachment } from '../../exchange/signed-content.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { contentIdOf } from './references.js'

const xopNamespace = 'http://www.w3.org/2004/08/xop/include'

/** The Includes of an element, each as the text that it stands for (XOP 1.0 §4.2). */
export interface ExpandedIncludes {
  readonly replaced: ReadonlyMap<XmlElement, Iterable<Uint8Array>>
  /** Content ids of the attachments that they hold. */
  readonly contentIds: ReadonlySet<string>
}

/**
 * Finds what stacks have moved out of an element into attachments (MTOM) after they had signed it.
 * @throws Fault SIGNATURE_INVALID for an Include that is not as XOP wants it
 */
export function expandIncludes(
  document: XmlDocument,
  element: XmlElement,
  attachments: readonly SoapAttachment[],
): ExpandedIncludes {
  const replaced = new Map<XmlElement, Iterable<Uint8Array>>()
  const contentIds = new Set<string>()
  for (const include of document.inside(element)) {
    if (!document.is(include, xopNamespace, 'Include')) continue
    const contentId = contentIdOf(document.attribute(include, '', 'href') ?? '')
    const attachment = attachments.find((candidate) => candidate.contentId === contentId)
    if (attachment === undefined || !isAlone(document, include)) throw misplaced()
    // Else a short message could ask for the digest of an attachment a thousand times.
    if (contentIds.has(contentId)) throw misplaced()
    replaced.set(include, base64Stretches(attachment.content))
    contentIds.add(contentId)
  }
  return { replaced, contentIds }
}

/** An Include is empty, and all that its parent holds (XOP 1.0 §2.1). */
function isAlone(document: XmlDocument, include: XmlElement): boolean {
  const parent = document.parent(include)
  const { start, end } = document.contentRange(include)
  return (
    parent !== undefined &&
    document.hasOnlyElements(parent) &&
    document.firstChild(parent) === include &&
    document.nextSibling(include) === undefined &&
    document.firstChild(include) === undefined &&
    document.bytes.toString('latin1', start, end).trim() === ''
  )
}

/** Divisible by three, so that the stretches join without padding. */
const stretchBytes = 49_152

/** Canonical base64 (XOP 1.0 §3.1 step 2) a stretch at a time: never as much again as the attachment. */
function base64Stretches(content: Uint8Array): Iterable<Uint8Array> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  return {
    *[Symbol.iterator]() {
      for (let at = 0; at < bytes.length; at += stretchBytes) {
        yield Buffer.from(bytes.toString('base64', at, at + stretchBytes), 'latin1')
      }
    },
  }
}

function misplaced(): Fault {
  return invalidSignature(
    'Include',
    'An xop:Include is not alone, or names no attachment of its own.',
  )
}
