import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { Reply } from '../../src/exchange/exchange.js'
import type {
  HttpReplyContent,
  HttpRequestContent,
  RawHeaders,
} from '../../src/exchange/http-content.js'
import { endToEnd, firstValue, isEnvelopeField, joinedValue } from '../../src/http/headers.js'
import type { RenderedReply } from '../../src/http/lane.js'
import { noPayload } from '../../src/http/payload.js'
import { renderAccepted } from './accepted.js'
import { renderFault } from './fault.js'
import { addOwnFields } from './own-fields.js'

type Answered = Extract<Reply, { readonly outcome: 'answered' }>
type Refused = Extract<Reply, { readonly outcome: 'refused' }>

/** Where a provider's own signature stays readable beside the bus's. */
const providerSignatureFields = [
  ['signature-input', 'Sluice-Provider-Signature-Input'],
  ['signature', 'Sluice-Provider-Signature'],
  ['content-digest', 'Sluice-Provider-Content-Digest'],
] as const

/**
 * Renders what the bus answers, signed by the bus (RFC 9421).
 * @param request - undefined where what came was no HTTP request
 * @param asked - header fields as received; they choose a refusal's language, verified or not
 */
export function renderReply(
  reply: Reply,
  request: HttpRequestContent | undefined,
  asked: RawHeaders,
  tools: AdapterTools,
): RenderedReply {
  if (reply.outcome === 'accepted') return renderAccepted(reply, request, tools)
  return reply.outcome === 'answered'
    ? renderAnswer(reply, request, tools)
    : renderRefusal(reply, request, firstValue(asked, 'accept-language'), tools)
}

function renderAnswer(
  reply: Answered,
  request: HttpRequestContent | undefined,
  tools: AdapterTools,
): RenderedReply {
  const { content } = reply
  // Mediation lets no answer of another protocol come here.
  if (content.format !== 'http') throw new TypeError(`no HTTP answer but ${content.format}`)
  const { verified } = reply.request
  const { http: signer } = tools.replySigner(reply.request.signer.subsystem, false)
  const { status, payload } = content
  const rawHeaders = endToEnd(content.rawHeaders, isOfProvider)
  const cover = firstValue(rawHeaders, 'content-type') === undefined ? [] : ['content-type']
  addProviderSignature(content, rawHeaders, cover)
  addOwnFields(reply, rawHeaders, cover)
  const requestLabel = verified.signature.label
  rawHeaders.push(
    ...signer.signReply({ status, rawHeaders, cover, payload, request, requestLabel, verified }),
  )
  addLength(rawHeaders, content, request?.method)
  return { status, rawHeaders, payload }
}

// What says X-Road or Sluice in a reply comes from the bus; signatures move to fields of their own.
function isOfProvider(lowerName: string): boolean {
  return (
    !isEnvelopeField(lowerName) &&
    lowerName !== 'signature' &&
    lowerName !== 'signature-input' &&
    lowerName !== 'content-digest'
  )
}

function addProviderSignature(
  content: HttpReplyContent,
  rawHeaders: string[],
  cover: string[],
): void {
  if (firstValue(content.rawHeaders, 'signature') === undefined) return
  for (const [lowerName, field] of providerSignatureFields) {
    const value = joinedValue(content.rawHeaders, lowerName)
    if (value === undefined) continue
    rawHeaders.push(field, value)
    cover.push(field.toLowerCase())
  }
}

// RFC 9110 §8.6: none with 204; with HEAD and 304 the length is that of the absent representation,
// which only the provider knows.
function addLength(
  rawHeaders: string[],
  { status, rawHeaders: received, payload }: HttpReplyContent,
  method: string | undefined,
): void {
  if (status === 204) return
  if (method !== 'HEAD' && status !== 304) {
    rawHeaders.push('Content-Length', String(payload.length))
    return
  }
  const length = firstValue(received, 'content-length')
  if (length !== undefined && /^\d{1,15}$/.test(length)) rawHeaders.push('Content-Length', length)
}

function renderRefusal(
  reply: Refused,
  request: HttpRequestContent | undefined,
  acceptLanguage: string | undefined,
  tools: AdapterTools,
): RenderedReply {
  const { exchangeId, fault, verified, entry } = reply
  const problem = renderFault(fault, exchangeId, acceptLanguage, tools.now())
  const { status, rawHeaders } = problem
  // A reply to HEAD has no content, so its digest is that of nothing (RFC 9530 §2).
  const payload = request?.method === 'HEAD' ? noPayload : problem.payload
  const requestLabel = verified?.signature.label
  try {
    if (entry?.receipt !== undefined) rawHeaders.push('Sluice-Receipt', entry.receipt)
    const cover = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
    const { http: signer } = tools.replySigner(reply.signer?.subsystem, false)
    rawHeaders.push(
      ...signer.signReply({ status, rawHeaders, cover, payload, request, requestLabel, verified }),
    )
  } catch (error) {
    // Better a refusal without signature than none: it grants nothing.
    tools.warn('refusal could not be signed', { exchangeId, error: String(error) })
  }
  rawHeaders.push('Content-Length', String(problem.payload.length))
  return { status, rawHeaders, payload }
}
