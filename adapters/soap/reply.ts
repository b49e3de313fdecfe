import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { Reply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { filteredBy } from '../../src/exchange/filtered-by.js'
import { isInMemory } from '../../src/exchange/payload.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { VerifiedHead } from '../../src/exchange/signed-content.js'
import type {
  SoapAttachment,
  SoapReplyContent,
  SoapVersion,
  SpoolableAttachment,
} from '../../src/exchange/soap-content.js'
import { endToEnd, firstValue, isEnvelopeField } from '../../src/http/headers.js'
import type { RenderedReply } from '../../src/http/lane.js'
import { preferredLanguage } from '../../src/http/preferred-language.js'
import { retryAfterOf } from '../../src/http/retry-after.js'
import { renderAccepted } from './accepted.js'
import { readContentType } from './content-type.js'
import { renderFault } from './fault.js'
import { refusalHeaderBlocks, replyHeaderBlocks, type RefusalTerms } from './reply-envelope.js'

type Answered = Extract<Reply, { readonly outcome: 'answered' }>
type Refused = Extract<Reply, { readonly outcome: 'refused' }>

/**
 * Renders what the bus answers, signed by the bus (WS-Security 1.1).
 * @param start - how the envelope begins, as received; verified or not, it says which signature a stranger's
 *   stack can verify
 * @param asked - header fields as received; they choose a refusal's version and language, verified or not
 */
export function renderReply(
  reply: Reply,
  start: Uint8Array,
  asked: RawHeaders,
  tools: AdapterTools,
): RenderedReply | Promise<RenderedReply> {
  if (reply.outcome === 'accepted') return renderAccepted(reply, tools)
  return reply.outcome === 'answered'
    ? renderAnswer(reply, tools)
    : renderRefusal(reply, start, asked, tools)
}

/** The provider's Envelope tag, Body and attachments, under a Header of the bus. */
function renderAnswer(
  reply: Answered,
  tools: AdapterTools,
): RenderedReply | Promise<RenderedReply> {
  const { content, exchangeId } = reply
  const { verified, signer } = reply.request
  if (content.format !== 'soap' || verified.format !== 'soap') {
    throw new TypeError('an answer that is not SOAP for a request that is')
  }
  const { envelope, document } = content
  const headerBlocks = replyHeaderBlocks(verified, {
    exchangeId,
    entry: reply.entry.leafHash,
    receipt: reply.entry.receipt,
    filteredBy: filteredBy(reply.request.route),
  })
  const { soap } = tools.replySigner(signer.subsystem, false)
  const { isXop = false } = content
  const attachments = content.attachments.filter(isHeld)
  if (attachments.length === content.attachments.length) {
    const signed = soap.sign({ envelope, document, headerBlocks, attachments, isXop })
    return answered(content, signed, exchangeId)
  }
  const message = { envelope, document, headerBlocks, attachments: content.attachments, isXop }
  return soap.signSpooled(message).then((signed) => answered(content, signed, exchangeId))
}

function isHeld(attachment: SpoolableAttachment): attachment is SoapAttachment {
  return isInMemory(attachment.content)
}

function answered(
  content: SoapReplyContent,
  signed: Uint8Array,
  exchangeId: string,
): RenderedReply {
  const payload = content.withEnvelope(signed)
  const rawHeaders = endToEnd(content.rawHeaders, isOfProvider)
  rawHeaders.push('Sluice-Exchange-Id', exchangeId, 'Content-Length', String(payload.length))
  return { status: content.status, rawHeaders, payload }
}

// What says X-Road or Sluice in a reply comes from the bus; other signatures and digests are of other bytes.
function isOfProvider(lowerName: string): boolean {
  return (
    !isEnvelopeField(lowerName) &&
    lowerName !== 'signature' &&
    lowerName !== 'signature-input' &&
    lowerName !== 'content-digest' &&
    lowerName !== 'content-md5' &&
    lowerName !== 'digest' &&
    lowerName !== 'etag'
  )
}

/** What was wrong with the HTTP request before any SOAP was read. */
const statusByField: Readonly<Record<string, number | undefined>> = { method: 405, path: 404 }

function renderRefusal(
  reply: Refused,
  start: Uint8Array,
  asked: RawHeaders,
  tools: AdapterTools,
): RenderedReply {
  const { exchangeId, fault, verified } = reply
  const version = versionOf(verified, asked)
  const language = preferredLanguage(firstValue(asked, 'accept-language'))
  const { status, contentType, envelope } = renderFault(fault, { version, exchangeId, language })
  const payload = signedRefusal(envelope, reply, start, tools)
  const rawHeaders = ['Content-Type', contentType, 'Cache-Control', 'no-store']
  rawHeaders.push('X-Road-Error', fault.code, 'Sluice-Exchange-Id', exchangeId)
  const retryAfter = retryAfterOf(fault, tools.now())
  if (retryAfter !== undefined) rawHeaders.push('Retry-After', String(retryAfter))
  const httpStatus = fault.code === 'REQUEST_INVALID' ? statusByField[fault.field ?? ''] : undefined
  if (httpStatus === 405) rawHeaders.push('Allow', 'GET, POST')
  rawHeaders.push('Content-Length', String(payload.length))
  return { status: httpStatus ?? status, rawHeaders, payload }
}

function signedRefusal(
  envelope: Uint8Array,
  { verified, exchangeId, signer, entry }: Refused,
  start: Uint8Array,
  tools: AdapterTools,
): Uint8Array {
  try {
    const headerBlocks = blocksOfRefusal(verified, { exchangeId, receipt: entry?.receipt })
    const { soap } = tools.replySigner(signer?.subsystem, signer === undefined && claimsRsa(start))
    return soap.sign({ envelope, headerBlocks, attachments: [] })
  } catch (error) {
    // Better a refusal without signature than none: it grants nothing.
    tools.warn('refusal could not be signed', { exchangeId, error: String(error) })
    return envelope
  }
}

function blocksOfRefusal(verified: VerifiedHead | undefined, terms: RefusalTerms): Uint8Array[] {
  try {
    const request = verified?.format === 'soap' ? verified : undefined
    return refusalHeaderBlocks(request, terms)
  } catch (error) {
    // A block that is not written as it should be may be the very reason of the refusal.
    if (error instanceof Fault) return refusalHeaderBlocks(undefined, terms)
    throw error
  }
}

/** Undefined where nothing says that SOAP was spoken. */
function versionOf(verified: VerifiedHead | undefined, asked: RawHeaders): SoapVersion | undefined {
  if (verified?.format === 'soap') return verified.version
  try {
    return readContentType(firstValue(asked, 'content-type')).version
  } catch {
    return undefined
  }
}

// Parts of the RSA identifiers of XML Signature (RFC 9231 §2.3), SHA-1 and PSS included.
const rsaIdentifiers = ['xmldsig#rsa-', 'xmldsig-more#rsa-', '-rsa-MGF1'] as const

/** Whether a message says that it is signed with RSA, so that its sender's stack can verify RSA. */
function claimsRsa(start: Uint8Array): boolean {
  const bytes = Buffer.from(start.buffer, start.byteOffset, start.byteLength)
  return rsaIdentifiers.some((part) => bytes.includes(part, 0, 'latin1'))
}
