import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import type { EnvelopeReader, Reply } from '../../src/exchange/exchange.js'
import { Fault, toFault } from '../../src/exchange/fault.js'
import type {
  HttpRequestContent,
  MalformedContent,
  RawHeaders,
  SignedContent,
} from '../../src/exchange/signed-content.js'
import type { ArrivedRequest } from './connection.js'
import { answerAndDrain } from './draining.js'
import type { InboundRequest } from './inbound-request.js'
import { renderReply, type RenderedReply } from './reply.js'
import { ReplyWriting } from './reply-writing.js'

/** Hands requests to the bus and brings its replies to their consumers. */
export class Answering {
  readonly #tools: AdapterTools
  readonly #reader: EnvelopeReader
  readonly #handle: HandleExchange
  readonly #releaseReply: (exchangeId: string) => void
  /** The listener closes: every reply is the last of its connection. */
  isClosing = false

  constructor(tools: AdapterTools, reader: EnvelopeReader, handle: HandleExchange) {
    this.#tools = tools
    this.#reader = reader
    this.#handle = handle
    this.#releaseReply = (exchangeId) => tools.replyBudget.release(exchangeId)
  }

  /** One exchange, from the request's head to the last byte of its reply. */
  async exchange(
    arrived: ArrivedRequest,
    content: InboundRequest | MalformedContent,
  ): Promise<void> {
    const { exchangeId, connection, incoming } = arrived
    const reply = await this.ask(exchangeId, content, incoming.socket.remoteAddress)
    const isLatest = connection.ends(incoming)
    if (isFloodRefusal(reply)) connection.ending = true
    const isLast = isLatest && (connection.ending || this.isClosing)
    let isUnderWay = false
    try {
      const request = content.format === 'http' ? content : undefined
      const rendered = this.#render(reply, request, incoming.rawHeaders)
      isUnderWay = this.#write(arrived, rendered, isLast)
    } catch (error) {
      this.#tools.warn('reply could not be sent', { exchangeId, error: String(error) })
      incoming.socket.destroy()
    } finally {
      if (content.format === 'http') content.release()
      // Of an answer that is refused after all, nothing is kept.
      if (!isUnderWay || reply.outcome === 'refused') this.#releaseReply(exchangeId)
    }
  }

  /** @returns whether the reply is held until its consumer has taken it */
  #write(arrived: ArrivedRequest, rendered: RenderedReply, isLast: boolean): boolean {
    const { connection, incoming, response } = arrived
    if (response.destroyed || connection.socket.destroyed) return false
    const isUnread = !incoming.complete
    if (isUnread) connection.ending = true
    if (isUnread || isLast) rendered.rawHeaders.push('Connection', 'close')
    // Where earlier replies are still being written, Node closes the connection after this one.
    if (isUnread && response.socket) {
      connection.answered = true
      answerAndDrain(incoming, response, rendered)
      return false
    }
    new ReplyWriting(arrived, this.#releaseReply).start(rendered)
    return true
  }

  // An answer that cannot be signed (a provider's header field with bytes that no signature covers)
  // is not shown; what is logged of it stands.
  #render(reply: Reply, request: HttpRequestContent | undefined, asked: RawHeaders): RenderedReply {
    try {
      return renderReply(reply, request, asked, this.#tools)
    } catch (error) {
      const { exchangeId } = reply
      this.#tools.warn('reply could not be rendered', { exchangeId, error: String(error) })
      const fault = new Fault('INTERNAL_ERROR', { cause: error })
      const verified = reply.outcome === 'answered' ? reply.request.verified : reply.verified
      const refused: Reply = { outcome: 'refused', exchangeId, fault, verified }
      return renderReply(refused, request, asked, this.#tools)
    }
  }

  /** Whatever happens, there is a reply. */
  async ask(
    exchangeId: string,
    content: SignedContent,
    remoteAddress: string | undefined,
  ): Promise<Reply> {
    try {
      return await this.#handle({
        exchangeId,
        receivedAt: this.#tools.now(),
        adapter: this.#reader,
        content,
        remoteAddress: remoteAddress ?? '',
      })
    } catch (error) {
      this.#tools.warn('exchange ended without reply', { exchangeId, error: String(error) })
      return { outcome: 'refused', exchangeId, fault: toFault(error), verified: undefined }
    }
  }
}

/** The bus is full, and nothing is known of who asked: the next connection may be somebody else's. */
function isFloodRefusal(reply: Reply): boolean {
  if (reply.outcome === 'answered' || reply.verified) return false
  return reply.fault.code === 'THROTTLED' && reply.fault.side === 'bus'
}
