import type { IncomingMessage, ServerResponse } from 'node:http'
import { hash } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Fault } from '../exchange/fault.js'
import { pipelinedMax } from '../limits/http.js'

/** A request that is to be answered on its connection. */
export interface ArrivedRequest {
  readonly exchangeId: string
  readonly connection: Connection
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
}

/** Whoever reads a request's body. */
export interface BodyReader {
  /** The body will not come to its end. */
  fail(fault: Fault): void
}

/** A reply that has not left the bus whole. */
export interface UnfinishedReply {
  readonly exchangeId: string
  readonly startedAtMs: number
  /** The connection is gone: what the reply holds is given back. */
  forget(): void
}

export interface ReaderLimits {
  readonly replyIdleTimeoutMs: number
  readonly replyTimeoutMs: number
}

/** What the inbound side has to remember of a consumer's connection. */
export class Connection {
  readonly socket: Socket
  /** base64url SHA-256 of the certificate whose key the consumer has proved to hold; undefined without one. */
  readonly clientCertificate: string | undefined
  /** Requests that are not answered yet. */
  outstanding = 0
  /** Replies that the consumer has not taken yet, in their order. */
  readonly replies = new Set<UnfinishedReply>()
  /** Requests in all. */
  requests = 0
  /** The request whose head came last, if it is in progress; its body may still be under way. */
  #latest: { readonly incoming: IncomingMessage; request: BodyReader | undefined } | undefined
  /** Nothing more is read from it as a request. */
  ending = false
  /** Its last answer is on its way. */
  answered = false
  #bytesSeen: number
  #readAtMs = 0

  constructor(socket: Socket) {
    this.socket = socket
    this.clientCertificate = clientCertificateOf(socket)
    this.#bytesSeen = socket.bytesRead
  }

  /** The request that the parser is in the middle of. */
  get receiving(): BodyReader | undefined {
    return this.#latest?.incoming.complete === false ? this.#latest.request : undefined
  }

  /** Nothing is under way in either direction; what has come since the last request would be the next. */
  get isIdle(): boolean {
    return !this.ending && this.isQuiet && this.socket.bytesRead === this.#bytesSeen
  }

  /** Everything asked has been answered, and the answers have left. */
  get isQuiet(): boolean {
    return this.outstanding === 0 && this.replies.size === 0
  }

  /**
   * Counts one more request in.
   * @returns whether it is still to be answered here; one that is not MUST be left alone
   */
  begins(incoming: IncomingMessage): boolean {
    if (this.outstanding + this.replies.size >= pipelinedMax) this.ending = true
    if (this.ending) return false
    this.requests += 1
    this.outstanding += 1
    this.#latest = { incoming, request: undefined }
    return true
  }

  /** The body of the request that has just begun is read by this. */
  reads(request: BodyReader): void {
    if (this.#latest) this.#latest.request = request
  }

  /** The answer to a request is there. @returns whether no later request is in progress */
  ends(incoming: IncomingMessage): boolean {
    this.outstanding -= 1
    this.#bytesSeen = this.socket.bytesRead
    if (this.#latest?.incoming !== incoming) return false
    // It would keep the request for as long as the connection is open.
    this.#latest = undefined
    return true
  }

  writes(reply: UnfinishedReply): void {
    if (this.replies.size === 0) this.#readAtMs = reply.startedAtMs
    this.replies.add(reply)
  }

  /** The consumer has taken a piece of a reply. */
  progressed(nowMs: number): void {
    this.#readAtMs = nowMs
  }

  /** The consumer has taken the whole of it, or is gone. */
  written(reply: UnfinishedReply, nowMs: number): void {
    this.replies.delete(reply)
    this.#readAtMs = nowMs
    // No request after it said that it is the last.
    if (this.ending && this.isQuiet && !this.socket.destroyed) this.socket.destroySoon()
  }

  /** The reply whose reader is too slow, if any. */
  overdue(nowMs: number, limits: ReaderLimits): UnfinishedReply | undefined {
    const [oldest] = this.replies
    if (!oldest) return undefined
    const isOverdue =
      nowMs - this.#readAtMs > limits.replyIdleTimeoutMs ||
      nowMs - oldest.startedAtMs > limits.replyTimeoutMs
    return isOverdue ? oldest : undefined
  }
}

function clientCertificateOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const { raw } = socket.getPeerX509Certificate() ?? {}
  return raw && hash('sha256', raw, 'base64url')
}
