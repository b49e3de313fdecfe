import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { Reply } from '../../src/exchange/exchange.js'
import type { HttpRequestContent } from '../../src/exchange/http-content.js'
import type { RenderedReply } from '../../src/http/lane.js'
import { noPayload } from '../../src/http/payload.js'
import { encodeIdentifier } from '../../src/http/percent-encoding.js'
import { addOwnFields } from './own-fields.js'
import { protocolPrefix } from './service-path.js'

type Accepted = Extract<Reply, { readonly outcome: 'accepted' }>

/**
 * Renders that a one-way message was taken (RFC 9110 §15.3.3): `Location` is where its sender asks what became of it.
 * `Sluice-Entry`, which the bus signs, is its word that the message is in its log; a receipt is of outcomes.
 */
export function renderAccepted(
  { request, exchangeId, entry }: Accepted,
  asked: HttpRequestContent | undefined,
  tools: AdapterTools,
): RenderedReply {
  const { envelope, verified, signer: sender } = request
  const said = Buffer.from(
    JSON.stringify({
      exchangeId,
      messageId: envelope.messageId,
      expiresAt: envelope.expiresAt?.toISOString(),
    }),
  )
  const status = 202
  const payload = asked?.method === 'HEAD' ? noPayload : said
  const rawHeaders = ['Content-Type', 'application/json; charset=utf-8']
  rawHeaders.push('Cache-Control', 'no-store')
  rawHeaders.push('Location', statusPath(envelope.consumer, exchangeId))
  const cover = ['content-type', 'location']
  addOwnFields({ request, exchangeId, entry }, rawHeaders, cover)
  const { http: signer } = tools.replySigner(sender.subsystem, false)
  const requestLabel = verified.signature.label
  rawHeaders.push(
    ...signer.signReply({
      status,
      rawHeaders,
      cover,
      payload,
      request: asked,
      requestLabel,
      verified,
    }),
  )
  rawHeaders.push('Content-Length', String(said.length))
  return { status, rawHeaders, payload }
}

/** Where a sender asks what became of its message. */
function statusPath(sender: string, exchangeId: string): string {
  return `${protocolPrefix}${encodeIdentifier(sender)}/messageStatus/${exchangeId}`
}
