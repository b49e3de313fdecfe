import type { IncomingMessage } from 'node:http'
import type { Caller } from './caller.js'

/** A request as Express hands it on, and what the guard adds to it. */
export interface AdminRequest extends IncomingMessage {
  readonly originalUrl: string
  readonly params: Readonly<Record<string, string | undefined>>
  body?: unknown
}

// Beside the request and not in it: no body or header can become a caller.
const callers = new WeakMap<IncomingMessage, Caller>()

export function callerIn(request: IncomingMessage): Caller | undefined {
  return callers.get(request)
}

/** For the guard alone. */
export function setCaller(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller)
}
