import type { Socket } from 'node:net'
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { HeldReply } from './lane.js'
import { lingerBytesMax, lingerMs } from '../limits/http.js'

/**
 * Answers a request that has not been read to its end, and closes the connection. Closing at once
 * would reset it, and the answer would be lost on its way: what the sender still sends is thrown
 * away for a while (RFC 9112 §9.6). Earlier replies on the connection MUST have been written.
 */
export function answerAndDrain(
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: HeldReply,
): void {
  const { socket } = incoming
  response.writeHead(reply.status, reply.rawHeaders)
  if (reply.payload.length > 0) response.write(reply.payload)
  else response.flushHeaders()
  socket.end()
  drain(socket)
  incoming.on('end', () => socket.destroySoon())
  incoming.on('error', () => undefined)
  incoming.resume()
}

/** Answers bytes that never became a request, past Node's own response. */
export function answerOnSocket(socket: Socket, reply: HeldReply, now: Date): void {
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

/**
 * Waits for a while until the other side has closed a connection that this side has ended, and throws
 * away what it still sends. Counts on the socket, for a body may be in chunks that the parser does not
 * understand any more.
 */
export function drain(socket: Socket): void {
  const startBytes = socket.bytesRead
  const deadline = Date.now() + lingerMs
  const timer = setInterval(() => {
    if (Date.now() >= deadline || socket.bytesRead - startBytes > lingerBytesMax) socket.destroy()
    else if (socket.readableEnded) socket.destroySoon()
  }, 50)
  socket.once('close', () => clearInterval(timer))
}
