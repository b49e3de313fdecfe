import type { IncomingMessage } from 'node:http'
import type { Caller } from './caller.js'

/** A request as Express hands it on, and what stands before a handler adds to it. */
export interface AdminRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly params: Readonly<Record<string, string | undefined>>
  body?: unknown
}

// Beside the request and not in it: no body or header can become a caller.
const callers = new WeakMap<IncomingMessage, Caller>()
const bodies = new WeakMap<IncomingMessage, Buffer>()

export function callerIn(request: IncomingMessage): Caller | undefined {
  return callers.get(request)
}

/** For the guard alone. */
export function setCaller(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller)
}

/** The body as it came; empty where the route takes none. */
export function bodyBytesIn(request: IncomingMessage): Buffer {
  return bodies.get(request) ?? Buffer.alloc(0)
}

/** For who reads the body. */
export function setBodyBytes(request: IncomingMessage, bytes: Buffer): void {
  bodies.set(request, bytes)
}
