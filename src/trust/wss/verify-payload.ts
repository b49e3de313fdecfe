import type {
  SoapPayload,
  SpoolableAttachment,
  SpooledSoapPayload,
} from '../../exchange/soap-content.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import { digestDiffers, elementDigest } from '../xml-signature/digest.js'
import type { Reference } from '../xml-signature/signed-info.js'
import { invalidSignature } from '../xml-signature/strict-reading.js'
import { attachmentDigest, verifyAttachments } from './attachments.js'
import { uncovered, type CoveredPart } from './coverage.js'
import { readSoapXml } from './read-soap-xml.js'
import { wsuNamespace } from './names.js'
import { elementOf } from './references.js'
import { bodyAfter, type SoapEnvelope } from './soap-envelope.js'
import type { VerifiedHeader } from './verify-header.js'
import { expandedDigest, spooledDigests } from './spooled-digests.js'
import { expandedIncludes, findIncludes } from './xop.js'
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
  { envelope, attachments, isXop = false }: SoapPayload,
  watch: SoapVerificationWatch,
): VerifiedPayload {
  const whole = wholeEnvelope(frame, verified, start, envelope)
  const covered = coveredBody(verified)
  const references = verified.coverage.attachments
  const includes =
    isXop && isExpanded(attachments, references)
      ? findIncludes(whole.document, whole.body, attachments)
      : undefined
  verifyAttachments(attachments, references, includes?.contentIds, attachmentDigest, watch)
  const { digest, digestText } = covered.reference
  const replaced = includes && expandedIncludes(includes)
  const found = elementDigest(whole.document, whole.body, covered.method, digest, replaced)
  if (found !== digestText) watch.refuses(digestDiffers('Body'))
  return whole
}

/** The same of a payload on the spool: its attachments are read piece by piece. */
export async function verifySpooledPayload(
  frame: SoapEnvelope,
  verified: VerifiedHeader,
  start: Uint8Array,
  { envelope, attachments, isXop = false }: SpooledSoapPayload,
  watch: SoapVerificationWatch,
): Promise<VerifiedPayload> {
  const whole = wholeEnvelope(frame, verified, start, envelope)
  const covered = coveredBody(verified)
  const references = verified.coverage.attachments
  const includes =
    isXop && isExpanded(attachments, references)
      ? findIncludes(whole.document, whole.body, attachments)
      : undefined
  const digests = await spooledDigests(attachments, references)
  const digestOf = (attachment: SpoolableAttachment): string => digests.get(attachment) ?? ''
  verifyAttachments(attachments, references, includes?.contentIds, digestOf, watch)
  const { digest, digestText } = covered.reference
  const found = includes
    ? await expandedDigest(whole.document, whole.body, covered.method, digest, includes)
    : elementDigest(whole.document, whole.body, covered.method, digest)
  if (found !== digestText) watch.refuses(digestDiffers('Body'))
  return whole
}

function wholeEnvelope(
  frame: SoapEnvelope,
  verified: VerifiedHeader,
  start: Uint8Array,
  envelope: Uint8Array,
): VerifiedPayload {
  return frame.body === undefined
    ? readWhole(frame, verified, start, envelope)
    : sameWhole(frame.document, frame.body, start, envelope)
}

function coveredBody({ coverage }: VerifiedHeader): CoveredPart {
  if (!coverage.body) throw uncovered('Body')
  return coverage.body
}

// With every attachment signed by itself, what names them is digested as it stands; else the Body may
// have been signed before MTOM moved parts of it into attachments. In no other packaging does an Include stand
// for anything: whoever packed a signed message so would else have the provider read another Body.
function isExpanded(
  attachments: readonly SpoolableAttachment[],
  references: ReadonlyMap<string, Reference>,
): boolean {
  return attachments.some(({ contentId }) => !references.has(contentId))
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
