import type { AdapterTools } from '../../src/exchange/adapter.js'
import type { Reply } from '../../src/exchange/exchange.js'
import type { RenderedReply } from '../../src/http/lane.js'
import { sluiceMessageNamespace, soapNamespaces } from './names.js'
import { envelopeAround } from './pack-message.js'
import { PackedReply } from './packed-reply.js'
import { replyHeaderBlocks } from './reply-envelope.js'
import { escapedText } from './write-xml.js'

type Accepted = Extract<Reply, { readonly outcome: 'accepted' }>

/**
 * Renders that a one-way message was taken: `accepted` in the Body, under the Header of any reply. The status is 200,
 * because no stack reads an envelope that comes with 202 (README, One-way messages).
 */
export function renderAccepted(
  { request, exchangeId, entry }: Accepted,
  tools: AdapterTools,
): RenderedReply {
  const { verified, signer, envelope: asked } = request
  if (verified.format !== 'soap') throw new TypeError('a message of another lane')
  const { version } = verified
  const expires = asked.expiresAt?.toISOString()
  const body =
    `<m:accepted xmlns:m="${sluiceMessageNamespace}"><m:exchangeId>${escapedText(exchangeId)}</m:exchangeId>` +
    `<m:messageId>${escapedText(asked.messageId)}</m:messageId>` +
    `${expires === undefined ? '' : `<m:expires>${expires}</m:expires>`}</m:accepted>`
  const { leafHash, receipt } = entry
  const headerBlocks = replyHeaderBlocks(verified, { exchangeId, entry: leafHash, receipt })
  const { soap } = tools.replySigner(signer.subsystem, false)
  const unsigned = envelopeAround(Buffer.from(body), soapNamespaces[version])
  const envelope = soap.sign({ envelope: unsigned, headerBlocks, attachments: [] })
  const packed = new PackedReply({ version, status: 200, envelope, attachments: [], isXop: false })
  const { status, payload } = packed
  const rawHeaders = [...packed.rawHeaders, 'Cache-Control', 'no-store']
  rawHeaders.push('Sluice-Exchange-Id', exchangeId, 'Content-Length', String(payload.length))
  return { status, rawHeaders, payload }
}
