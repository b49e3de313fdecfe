import { createHash, randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Fault } from '../../exchange/fault.js'
import { isInMemory, type Bytes } from '../../exchange/payload.js'
import type { SpoolableAttachment } from '../../exchange/soap-content.js'
import { canonicalBytesMin, canonicalTimesMax, xmlAttachmentBytesMax } from '../../limits/soap.js'
import { canonicalise, type C14nPart } from '../../xml/c14n/canonicalise.js'
import { c14nMethod, type C14nMethod } from '../../xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import type { Digest } from '../xml-signature/digest-method.js'
import { exclusiveC14n } from '../xml-signature/names.js'
import type { Reference } from '../xml-signature/signed-info.js'
import {
  attachmentDigest,
  attachmentField,
  attachmentSink,
  isXml,
  type AttachmentTransform,
} from './attachments.js'
import { mediaTypeOf } from './mime-headers.js'
import { TextContentWriter } from './text-content.js'
import { base64Pieces, type Includes, type Pieces } from './xop.js'

const exclusive = c14nMethod(exclusiveC14n)

/**
 * base64 of the digests of those attachments that have a Reference, each after its transform.
 * @throws Fault PAYLOAD_UNSAFE for an XML attachment that is too long to be canonicalised in memory
 */
export async function spooledDigests(
  attachments: readonly SpoolableAttachment[],
  references: ReadonlyMap<string, Reference>,
): Promise<ReadonlyMap<SpoolableAttachment, string>> {
  const digests = new Map<SpoolableAttachment, string>()
  for (const [index, attachment] of attachments.entries()) {
    const reference = references.get(attachment.contentId)
    if (!reference) continue
    digests.set(attachment, await spooledDigest(attachment, reference, attachmentField(index)))
  }
  return digests
}

/** `attachmentDigest` of an attachment that may be on the spool. */
export async function spooledDigest(
  { contentId, rawHeaders, content }: SpoolableAttachment,
  transform: AttachmentTransform,
  field: string,
): Promise<string> {
  if (isInMemory(content)) {
    // XML of some megabytes takes most of a second; others get their turn between two of them.
    await nextTurn()
    return attachmentDigest({ contentId, rawHeaders, content }, transform, field)
  }
  const type = mediaTypeOf(rawHeaders)
  if (isXml(type)) throw tooLongToCanonicalise(field)
  const sink = attachmentSink(rawHeaders, transform)
  const text = type.startsWith('text/') ? new TextContentWriter(sink) : undefined
  for await (const piece of content.pieces()) (text ?? sink).update(piece)
  text?.end()
  return sink.text()
}

/**
 * base64 of the digest of an element's canonical octets with its Includes expanded, those on the spool
 * piece by piece. The rest of the element is written at once, with a mark where each of them belongs; the
 * mark is new each time, so that nobody can have put it there.
 * @throws Fault PAYLOAD_UNSAFE for an element that is many times as long in canonical form
 */
export async function expandedDigest(
  document: XmlDocument,
  element: XmlElement,
  method: C14nMethod,
  digest: Digest,
  { contents }: Includes<Bytes>,
): Promise<string> {
  const mark = randomBytes(32)
  const replaced = new Map([...contents.keys()].map((include) => [include, [mark]]))
  const octets = boundedOctets(document, method, { element, replaced })
  const hash = createHash(digest.name)
  let from = 0
  for (const [, content] of [...contents].sort(([one], [other]) => one - other)) {
    const at = octets.indexOf(mark, from)
    if (at < 0) throw new Error('an Include was not written')
    hash.update(octets.subarray(from, at))
    from = at + mark.length
    for await (const piece of base64Pieces(sourceOf(content))) hash.update(piece)
  }
  return hash.update(octets.subarray(from)).digest('base64')
}

/** @throws Fault PAYLOAD_UNSAFE where `expandedDigest` would */
export function checkCanonicalLength(
  document: XmlDocument,
  element: XmlElement,
  { contents }: Includes<Bytes>,
): void {
  if (contents.size === 0) return
  const replaced = new Map([...contents.keys()].map((include) => [include, []]))
  boundedOctets(document, exclusive, { element, replaced })
}

/** What stands behind an Include waits for the attachment before it, and so is in memory. */
function boundedOctets(document: XmlDocument, method: C14nMethod, part: C14nPart): Buffer {
  const bytesMax = Math.max(canonicalBytesMin, canonicalTimesMax * document.bytes.length)
  const stretches: Buffer[] = []
  let bytes = 0
  const update = (octets: Uint8Array): void => {
    bytes += octets.length
    if (bytes > bytesMax) {
      const detail = 'The canonical form of the Body is many times as long as the Body.'
      throw new Fault('PAYLOAD_UNSAFE', { field: 'Body', detail })
    }
    stretches.push(Buffer.from(octets))
  }
  canonicalise(document, method, { update }, part)
  return Buffer.concat(stretches)
}

function sourceOf(content: Bytes): Pieces {
  return isInMemory(content) ? { pieces: () => [content] } : content
}

function tooLongToCanonicalise(field: string): Fault {
  return new Fault('PAYLOAD_UNSAFE', {
    field,
    detail: `An XML attachment of a large message may have ${xmlAttachmentBytesMax} bytes.`,
  })
}
