import type { AdapterTools, HandleExchange } from '../exchange/adapter.js'
import type { Reply } from '../exchange/exchange.js'
import { Fault, toFault } from '../exchange/fault.js'
import { isInMemory } from '../exchange/payload.js'
import type { RawHeaders } from '../exchange/http-content.js'
import type { MalformedContent, SignedContent } from '../exchange/signed-content.js'
import type { ArrivedRequest, Connection } from './connection.js'
import { answerAndDrain } from './draining.js'
import type { HttpLane, LaneRequest, RenderedReply } from './lane.js'
import { retryAfterOf } from './retry-after.js'
import { ReplyWriting } from './reply-writing.js'

/** Hands requests to the bus and brings its replies to their consumers. */
export class Answering<Request extends LaneRequest> {
  readonly #tools: AdapterTools
  readonly #lane: HttpLane<Request>
  readonly #handle: HandleExchange
  readonly #releaseReply: (exchangeId: string) => void
  /** The listener closes: every reply is the last of its connection. */
  isClosing = false

  constructor(tools: AdapterTools, lane: HttpLane<Request>, handle: HandleExchange) {
    this.#tools = tools
    this.#lane = lane
    this.#handle = handle
    this.#releaseReply = (exchangeId) => {
      tools.replyBudget.release(exchangeId)
      tools.replySpool.release(exchangeId)
    }
  }

  /** One exchange, from the request's head to the last byte of its reply. */
  async exchange(arrived: ArrivedRequest, asked: Request | MalformedContent): Promise<void> {
    const { exchangeId, connection, incoming } = arrived
    const request = asked.format === 'malformed' ? undefined : asked
    const trouble = request && this.#lane.begin && (await this.#begin(request, exchangeId))
    const reply = await this.ask(exchangeId, trouble ?? asked, connection)
    const isLatest = connection.ends(incoming)
    if (isFloodRefusal(reply)) connection.ending = true
    const isLast = isLatest && (connection.ending || this.isClosing)
    let isUnderWay = false
    try {
      const rendering = this.render(reply, trouble ? undefined : request, incoming.rawHeaders)
      // To wait for what is there costs every exchange a turn.
      const rendered = rendering instanceof Promise ? await rendering : rendering
      isUnderWay = this.#write(arrived, rendered, isLast)
    } catch (error) {
      this.#tools.warn('reply could not be sent', { exchangeId, error: String(error) })
      incoming.socket.destroy()
    } finally {
      request?.release()
      // Of an answer that is refused after all, nothing is kept.
      if (!isUnderWay || reply.outcome === 'refused') this.#releaseReply(exchangeId)
    }
  }

  async #begin(request: Request, exchangeId: string): Promise<MalformedContent | undefined> {
    try {
      return await this.#lane.begin?.(request)
    } catch (error) {
      this.#tools.warn('request could not be begun', { exchangeId, error: String(error) })
      const reason = 'The message could not be read.'
      return { format: 'malformed', code: 'PAYLOAD_UNSAFE', reason, head: () => request.head() }
    }
  }

  /**
   * What the lane answers by itself; undefined where that is nothing. A description that cannot be given (a registry
   * out of sight, a contract that this build cannot use) is refused: thrown on, the error would end the process.
   */
  own(arrived: ArrivedRequest): RenderedReply | undefined {
    try {
      return this.#lane.answerItself?.(arrived)
    } catch (error) {
      if (error instanceof Fault && error.code === 'THROTTLED') return notNow(error)
      const { exchangeId } = arrived
      this.#tools.warn('description could not be given', { exchangeId, error: String(error) })
      return { status: 503, rawHeaders: ['Content-Length', '0'], payload: new Uint8Array() }
    }
  }

  /** Answers without an exchange. */
  answer(arrived: ArrivedRequest, rendered: RenderedReply): void {
    const { connection, incoming } = arrived
    const isLatest = connection.ends(incoming)
    this.#write(arrived, rendered, isLatest && (connection.ending || this.isClosing))
  }

  /** @returns whether the reply is held until its consumer has taken it */
  #write(arrived: ArrivedRequest, rendered: RenderedReply, isLast: boolean): boolean {
    const { connection, incoming, response } = arrived
    if (response.destroyed || connection.socket.destroyed) return false
    const isUnread = !incoming.complete
    if (isUnread) connection.ending = true
    if (isUnread || isLast) rendered.rawHeaders.push('Connection', 'close')
    // Where earlier replies are still being written, Node closes the connection after this one.
    const { status, rawHeaders, payload } = rendered
    if (isUnread && response.socket && isInMemory(payload)) {
      connection.answered = true
      answerAndDrain(incoming, response, { status, rawHeaders, payload })
      return false
    }
    const writing = new ReplyWriting(arrived, this.#releaseReply, (error) =>
      this.#tools.warn('reply broke off', {
        exchangeId: arrived.exchangeId,
        error: String(error),
      }),
    )
    writing.start(rendered)
    return true
  }

  /**
   * Renders what the bus answers. An answer that cannot be signed (a provider's header field with bytes
   * that no signature covers) is not shown; what is logged of it stands.
   */
  render(
    reply: Reply,
    request: Request | undefined,
    asked: RawHeaders,
  ): RenderedReply | Promise<RenderedReply> {
    const refuse = (error: unknown): RenderedReply | Promise<RenderedReply> => {
      const { exchangeId } = reply
      this.#tools.warn('reply could not be rendered', { exchangeId, error: String(error) })
      const fault = new Fault('INTERNAL_ERROR', { cause: error })
      const { signer, verified } = reply.outcome === 'refused' ? reply : reply.request
      // The entry that there is tells of an answer, and is no promise that this refusal was logged.
      const entry = undefined
      const refused: Reply = { outcome: 'refused', exchangeId, fault, signer, verified, entry }
      return this.#lane.render(refused, request, asked)
    }
    try {
      const rendered = this.#lane.render(reply, request, asked)
      return rendered instanceof Promise ? rendered.catch(refuse) : rendered
    } catch (error) {
      return refuse(error)
    }
  }

  /** Whatever happens, there is a reply. */
  async ask(
    exchangeId: string,
    content: SignedContent,
    { socket, clientCertificate }: Connection,
  ): Promise<Reply> {
    try {
      return await this.#handle({
        exchangeId,
        receivedAt: this.#tools.now(),
        adapter: this.#lane.reader,
        content,
        remoteAddress: socket.remoteAddress ?? '',
        clientCertificate,
      })
    } catch (error) {
      this.#tools.warn('exchange ended without reply', { exchangeId, error: String(error) })
      const fault = toFault(error)
      const known = { signer: undefined, verified: undefined, entry: undefined }
      return { outcome: 'refused', exchangeId, fault, ...known }
    }
  }
}

/** The bus is full, and nothing is known of who asked: the next connection may be somebody else's. */
function isFloodRefusal(reply: Reply): boolean {
  if (reply.outcome !== 'refused' || reply.verified) return false
  return reply.fault.code === 'THROTTLED' && reply.fault.side === 'bus'
}

/** Where nobody signed, nothing is recorded, and whoever asks too much fills no log. */
function notNow(fault: Fault): RenderedReply {
  const rawHeaders = ['Content-Length', '0']
  const seconds = retryAfterOf(fault, new Date())
  if (seconds !== undefined) rawHeaders.push('Retry-After', String(seconds))
  return { status: 503, rawHeaders, payload: new Uint8Array() }
}
