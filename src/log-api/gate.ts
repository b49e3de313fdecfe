import type { IncomingMessage, ServerResponse } from 'node:http'
import { logApiLimits } from '../limits/transparency.js'
import { RequestRate } from '../request-rate.js'
import { refusal, write, type RefusalName } from './answer.js'

export type LogApiLimits = Readonly<typeof logApiLimits>

// Every address of the API is spelt with these; the router would refuse others in its own words.
const pathPattern = /^\/(?:[A-Za-z0-9/._~!*'()-]|%[0-9A-F]{2})*$/
const cosignaturePath = /^\/log\/.+\/cosignature$/
// The one address that takes a query string (RFC 3986 §3.4); what that says is read strictly behind it.
const searchPattern = /^\/log-search(?:\?(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*)?$/
const searchPath = '/log-search'

/** Stands before the log API and lets pass what it can bear. */
export class Gate {
  readonly #limits: LogApiLimits
  readonly #rate: RequestRate
  #inFlight = 0

  constructor(limits: LogApiLimits = logApiLimits, nowMs?: () => number) {
    this.#limits = limits
    this.#rate = new RequestRate(limits, nowMs)
  }

  /** Middleware: answers what does not pass. */
  readonly handle = (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ): void => {
    const refused = this.#judge(request)
    if (refused) {
      write(request, response, refusal(refused, request))
      return
    }
    this.#inFlight += 1
    // Whoever reads too slowly must not keep a place for ever.
    const timer = setTimeout(() => response.destroy(), this.#limits.answerMsMax)
    response.once('close', () => {
      clearTimeout(timer)
      this.#inFlight -= 1
    })
    next()
  }

  #judge({ method = '', url = '', socket }: IncomingMessage): RefusalName | undefined {
    const { pathCharsMax, searchCharsMax } = this.#limits
    const isSearch = url === searchPath || url.startsWith(`${searchPath}?`)
    if (url.length > (isSearch ? searchCharsMax : pathCharsMax)) return 'pathTooLong'
    if (!isSpeltWell(url, isSearch ? searchPattern : pathPattern)) return 'notFound'
    const isRead = method === 'GET' || method === 'HEAD'
    if (!isRead && !(method === 'POST' && cosignaturePath.test(url))) return 'methodNotAllowed'
    if (!this.#rate.allows(socket.remoteAddress ?? '')) return 'tooMany'
    return this.#inFlight >= this.#limits.requestsInFlightMax ? 'busy' : undefined
  }
}

function isSpeltWell(url: string, pattern: RegExp): boolean {
  if (!pattern.test(url)) return false
  try {
    return decodeURIComponent(url) !== ''
  } catch {
    return false
  }
}
