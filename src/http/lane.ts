import type { EnvelopeReader } from '../exchange/envelope.js'
import type { Reply } from '../exchange/exchange.js'
import type { RawHeaders } from '../exchange/http-content.js'
import type { MalformedContent, WellFormedContent } from '../exchange/signed-content.js'
import type { Bytes } from '../exchange/payload.js'
import type { ArrivedRequest } from './connection.js'
import type { HeadFacts, PayloadLimits, RequestBody } from './request-body.js'

/** A reply as it goes out to the consumer, `Content-Length` included. */
export interface RenderedReply {
  readonly status: number
  readonly rawHeaders: string[]
  readonly payload: Bytes
}

/** The same, as everything is that the bus itself says. */
export interface HeldReply extends RenderedReply {
  readonly payload: Uint8Array
}

/** A request of a lane, its body unread. */
export type LaneRequest = RequestBody & WellFormedContent

/** What a protocol over HTTP brings to the listener. */
export interface HttpLane<Request extends LaneRequest> {
  readonly reader: EnvelopeReader
  /** With one of these every request's target begins; the first is the protocol's own. */
  readonly pathPrefixes: readonly [string, ...string[]]
  requestOf(arrived: ArrivedRequest, facts: HeadFacts, limits: PayloadLimits): Request
  /**
   * Reads what of the body has to be known before the bus is asked.
   * @returns why the request is none of this protocol, if so
   */
  begin?(request: Request): Promise<MalformedContent | undefined>
  /** What the lane answers by itself, without an exchange: what it tells everybody. */
  answerItself?(arrived: ArrivedRequest): RenderedReply | undefined
  /**
   * Renders what the bus answers, signed by the bus.
   * @param request - undefined where what came was no request of the protocol
   * @param asked - header fields as received; they choose a refusal's form, verified or not
   * @returns a promise only for an answer that has to be read from the disk
   */
  render(
    reply: Reply,
    request: Request | undefined,
    asked: RawHeaders,
  ): RenderedReply | Promise<RenderedReply>
}
