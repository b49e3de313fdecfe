import type { RawHeaders } from '../../exchange/http-content.js'
import type { SoapAttachment, SpoolableAttachment } from '../../exchange/soap-content.js'
import { c14nMethod } from '../../xml/c14n/method.js'
import { canonicalise } from '../../xml/c14n/canonicalise.js'
import { readXml } from '../../xml/read-xml.js'
import { XmlError } from '../../xml/xml-error.js'
import type { OctetSink } from '../../xml/c14n/write.js'
import { digestDiffers, DigestSink } from '../xml-signature/digest.js'
import { exclusiveC14n } from '../xml-signature/names.js'
import type { Reference } from '../xml-signature/signed-info.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { uncovered } from './coverage.js'
import { canonicalMimeHeaders, mediaTypeOf } from './mime-headers.js'
import { TextContentWriter } from './text-content.js'
import type { SoapVerificationWatch } from './watch.js'

/**
 * Verifies that the signature covers every attachment, and that each is the one that was signed (SwA
 * Profile 1.1 §5), by a Reference of its own or as part of the Body. Faults tell attachments by their
 * place in the message: what others call them is theirs.
 * @param included content ids of those that the Body's digest takes in
 * @param digestOf base64 of the digest that an attachment has after the transform of its Reference
 * @throws Fault SIGNATURE_INVALID
 */
export function verifyAttachments<Attachment extends SpoolableAttachment>(
  attachments: readonly Attachment[],
  references: ReadonlyMap<string, Reference>,
  included: ReadonlySet<string> | undefined,
  digestOf: (attachment: Attachment, reference: Reference, field: string) => string,
  watch: SoapVerificationWatch,
): void {
  const seen = new Set<string>()
  attachments.forEach((attachment, index) => {
    const field = attachmentField(index)
    const reference = references.get(attachment.contentId)
    if (seen.has(attachment.contentId)) {
      throw invalidSignature(field, 'Two attachments have the same Content-ID.')
    }
    seen.add(attachment.contentId)
    if (reference) {
      const found = digestOf(attachment, reference, field)
      if (found !== reference.digestText) watch.refuses(digestDiffers(field))
    } else if (included?.has(attachment.contentId) !== true) {
      watch.refuses(uncovered(field))
    }
  })
  for (const contentId of references.keys()) {
    if (seen.has(contentId)) continue
    throw invalidSignature('Reference', 'A Reference names an attachment that is not there.')
  }
}

/** What an attachment is called in faults. */
export function attachmentField(index: number): string {
  return `attachment ${index + 1}`
}

export function isXml(mediaType: string): boolean {
  return mediaType === 'text/xml' || mediaType === 'application/xml' || mediaType.endsWith('+xml')
}

const exclusive = c14nMethod(exclusiveC14n)

/** What of an attachment's digest its transform names. */
export type AttachmentTransform = Pick<Reference, 'transform' | 'digest'>

/** base64 of the digest of an attachment after its transform. `field` is what it is called in faults. */
export function attachmentDigest(
  { rawHeaders, content }: SoapAttachment,
  transform: AttachmentTransform,
  field: string,
): string {
  const sink = attachmentSink(rawHeaders, transform)
  writeContent(rawHeaders, content, sink, field)
  return sink.text()
}

/** Takes the octets of an attachment's content, and has its header fields already where they count. */
export function attachmentSink(
  rawHeaders: RawHeaders,
  { transform, digest }: AttachmentTransform,
): DigestSink {
  const sink = new DigestSink(digest)
  if (transform === 'attachment-complete') sink.update(canonicalMimeHeaders(rawHeaders))
  return sink
}

/** Content canonicalised by its media type (SwA Profile 1.1 §5.4.2). */
function writeContent(
  rawHeaders: RawHeaders,
  content: Uint8Array,
  sink: OctetSink,
  field: string,
): void {
  const type = mediaTypeOf(rawHeaders)
  if (isXml(type)) {
    try {
      canonicalise(readXml(content), exclusive, sink)
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      throw invalidSignature(field, `An XML attachment is not accepted: ${error.reason}.`, error)
    }
  } else if (type.startsWith('text/')) {
    const text = new TextContentWriter(sink)
    text.update(content)
    text.end()
  } else {
    sink.update(content)
  }
}
