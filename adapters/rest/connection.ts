import type { Socket } from 'node:net'
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { InboundRequest } from './inbound-request.js'
import type { RenderedReply } from './reply.js'
import { lingerBytesMax, lingerMs } from '../../src/limits.js'

/** What the inbound side has to remember of a consumer's connection. */
export class Connection {
  /** Requests that are not answered yet. */
  outstanding = 0
  /** Requests in all. */
  requests = 0
  /** The request whose head came last; its body may still be under way. */
  latest: { readonly incoming: IncomingMessage; readonly request: InboundRequest } | undefined
  /** Nothing more is read from it as a request. */
  ending = false
  /** Its last answer is on its way. */
  answered = false

  /** The request that the parser is in the middle of. */
  get receiving(): InboundRequest | undefined {
    return this.latest?.incoming.complete === false ? this.latest.request : undefined
  }
}

/** Answers, and keeps the connection for the next request. */
export function answer(response: ServerResponse, reply: RenderedReply): void {
  response.writeHead(reply.status, reply.rawHeaders)
  response.end(reply.payload)
}

/**
 * Answers a request that has not been read to its end, and closes the connection. Closing at once
 * would reset it, and the answer would be lost on its way: what the sender still sends is thrown
 * away for a while (RFC 9112 §9.6).
 */
export function answerAndDrain(
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: RenderedReply,
): void {
  const { socket } = incoming
  response.writeHead(reply.status, reply.rawHeaders)
  // Answers of earlier requests on the connection are still under way; Node closes it after this one.
  if (!response.socket) {
    response.end(reply.payload)
    return
  }
  if (reply.payload.length > 0) response.write(reply.payload)
  else response.flushHeaders()
  socket.end()
  drain(socket)
  incoming.on('end', () => socket.destroySoon())
  incoming.on('error', () => undefined)
  incoming.resume()
}

/** Answers bytes that never became a request, past Node's own response. */
export function answerOnSocket(socket: Socket, reply: RenderedReply, now: Date): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, rawHeaders, payload } = reply
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    head += `${rawHeaders[i] ?? ''}: ${rawHeaders[i + 1] ?? ''}\r\n`
  }
  socket.write(`${head}Date: ${now.toUTCString()}\r\nConnection: close\r\n\r\n`, 'latin1')
  socket.end(payload)
  drain(socket)
}

// Counts on the socket, for a body may be in chunks that the parser does not understand any more.
function drain(socket: Socket): void {
  const startBytes = socket.bytesRead
  const deadline = Date.now() + lingerMs
  const timer = setInterval(() => {
    if (Date.now() >= deadline || socket.bytesRead - startBytes > lingerBytesMax) socket.destroy()
    else if (socket.readableEnded) socket.destroySoon()
  }, 50)
  socket.once('close', () => clearInterval(timer))
}
