import type { Fault } from '../../exchange/fault.js'
import type { Bytes } from '../../exchange/payload.js'
import type { SpoolableAttachment } from '../../exchange/soap-content.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { contentIdOf } from './references.js'

const xopNamespace = 'http://www.w3.org/2004/08/xop/include'

/** The Includes of an element, each with what it stands for. */
export interface Includes<Content> {
  readonly contents: ReadonlyMap<XmlElement, Content>
  /** Content ids of the attachments that they hold. */
  readonly contentIds: ReadonlySet<string>
}

/**
 * Finds what stacks have moved out of an element into attachments (MTOM) after they had signed it.
 * @throws Fault SIGNATURE_INVALID for an Include that is not as XOP wants it
 */
export function findIncludes<Content extends Bytes>(
  document: XmlDocument,
  element: XmlElement,
  attachments: readonly (SpoolableAttachment & { readonly content: Content })[],
): Includes<Content> {
  const contents = new Map<XmlElement, Content>()
  const contentIds = new Set<string>()
  for (const include of document.inside(element)) {
    if (!document.is(include, xopNamespace, 'Include')) continue
    const contentId = contentIdOf(document.attribute(include, '', 'href') ?? '')
    const attachment = attachments.find((candidate) => candidate.contentId === contentId)
    if (attachment === undefined || !isAlone(document, include)) throw misplaced()
    // Else a short message could ask for the digest of an attachment a thousand times.
    if (contentIds.has(contentId)) throw misplaced()
    contents.set(include, attachment.content)
    contentIds.add(contentId)
  }
  return { contents, contentIds }
}

/** Each Include as the text that it stands for (XOP 1.0 §4.2), for a digest of the element around it. */
export function expandedIncludes({
  contents,
}: Includes<Uint8Array>): ReadonlyMap<XmlElement, Iterable<Uint8Array>> {
  return new Map([...contents].map(([include, content]) => [include, base64Stretches(content)]))
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

/** Bytes that come in pieces. */
export interface Pieces {
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/** The same of bytes that are read piece by piece. */
export async function* base64Pieces(source: Pieces): AsyncGenerator<Uint8Array, void> {
  let rest = Buffer.alloc(0)
  for await (const piece of source.pieces()) {
    const bytes = Buffer.concat([rest, piece])
    const whole = bytes.length - (bytes.length % 3)
    yield Buffer.from(bytes.toString('base64', 0, whole), 'latin1')
    rest = Buffer.from(bytes.subarray(whole))
  }
  yield Buffer.from(rest.toString('base64'), 'latin1')
}

function misplaced(): Fault {
  return invalidSignature(
    'Include',
    'An xop:Include is not alone, or names no attachment of its own.',
  )
}
