import type { SoapPayload } from '../../exchange/signed-content.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { digestDiffers, elementDigest } from '../xml-signature/digest.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { verifyAttachments } from './attachments.js'
import { uncovered } from './coverage.js'
import { readSoapXml } from './read-soap-xml.js'
import { wsuNamespace } from './names.js'
import { elementOf } from './references.js'
import { bodyAfter, type SoapEnvelope } from './soap-envelope.js'
import type { VerifiedHeader } from './verify-header.js'
import { expandIncludes } from './xop.js'
import type { SoapVerificationWatch } from './watch.js'

/** The whole envelope, of which every part that its signer signed is as it was signed. */
export interface VerifiedPayload {
  readonly document: XmlDocument
  readonly body: XmlElement
}

/**
 * Verifies what the head's signature covers of the rest: the Body, and every attachment.
 * @param start the beginning of the envelope, by which the head was verified
 * @throws Fault SIGNATURE_INVALID, PAYLOAD_UNSAFE, REQUEST_INVALID
 */
export function verifyPayload(
  frame: SoapEnvelope,
  verified: VerifiedHeader,
  start: Uint8Array,
  { envelope, attachments }: SoapPayload,
  watch: SoapVerificationWatch,
): VerifiedPayload {
  const whole =
    frame.body === undefined
      ? readWhole(frame, verified, start, envelope)
      : sameWhole(frame.document, frame.body, start, envelope)
  const { document, body } = whole
  const covered = verified.coverage.body
  if (!covered) throw uncovered('Body')
  const references = verified.coverage.attachments
  // With every attachment signed by itself, what names them is digested as it stands; else the Body may
  // have been signed before MTOM moved parts of it into attachments.
  const isExpanded = attachments.some(({ contentId }) => !references.has(contentId))
  const includes = isExpanded ? expandIncludes(document, body, attachments) : undefined
  verifyAttachments(attachments, references, includes?.contentIds, watch)
  const { digest, digestText } = covered.reference
  const found = elementDigest(document, body, covered.method, digest, includes?.replaced)
  if (found !== digestText) watch.refuses(digestDiffers('Body'))
  return whole
}

function sameWhole(
  document: XmlDocument,
  body: XmlElement,
  start: Uint8Array,
  envelope: Uint8Array,
): VerifiedPayload {
  if (Buffer.compare(start, envelope) !== 0) throw otherStart()
  return { document, body }
}

/**
 * Reads the whole envelope after its beginning. The Header's elements have the same numbers in both, but
 * an Id that only one element of the Header has may stand again in what follows.
 */
function readWhole(
  { header }: SoapEnvelope,
  { coverage, security }: VerifiedHeader,
  start: Uint8Array,
  envelope: Uint8Array,
): VerifiedPayload {
  if (Buffer.compare(start, envelope.subarray(0, start.length)) !== 0) throw otherStart()
  const document = readSoapXml(envelope)
  const body = bodyAfter(document, header)
  for (const { element, id } of coverage.head) checkSame(document, element, id)
  for (const token of security.tokens) {
    const id = document.attribute(token, wsuNamespace, 'Id')
    if (id !== undefined) checkSame(document, token, id)
  }
  if (coverage.body && elementOf(document, coverage.body.id) !== body) {
    throw invalidSignature(
      'Reference',
      'A Reference names no element of the message, or not the Body.',
    )
  }
  return { document, body }
}

/** @throws Fault SIGNATURE_INVALID where another element has the Id too */
function checkSame(document: XmlDocument, element: XmlElement, id: string): void {
  if (elementOf(document, id) !== element) throw new Error('an element has changed its number')
}

/** The adapter's mistake, and so nobody's fault outside. */
function otherStart(): Error {
  return new Error('the envelope does not begin as its head did')
}
