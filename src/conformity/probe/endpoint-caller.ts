import { isIP } from 'node:net'
import { buildConnector, Client, type Dispatcher } from 'undici'
import type { BilingualText } from '../../exchange/fault.js'
import type { RawHeaders } from '../../exchange/http-content.js'
import { probeLimits } from '../limits.js'
import type { PinnedAddress } from './pinned-address.js'
import { networkTrouble, Trouble } from './trouble.js'

/** A test call, signed. */
export interface ProbeCall {
  readonly method: Dispatcher.HttpMethod
  readonly target: string
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
}

/** What came back. */
export interface ProbeAnswer {
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  readonly tookMs: number
}

export type CallOutcome =
  | { readonly answer: ProbeAnswer; readonly trouble: undefined }
  | { readonly answer: undefined; readonly trouble: BilingualText }

export interface CallerTerms {
  readonly authorities: string | undefined
  readonly timeLimitMs: number
  readonly answerBytesMax: number
  readonly signal: AbortSignal
}

/** Calls one endpoint at the address that was judged: no redirects, an answer within a time and a length. */
export class EndpointCaller {
  readonly #client: Client
  readonly #terms: CallerTerms

  constructor({ endpoint, ip }: PinnedAddress, terms: CallerTerms) {
    const { authorities: ca } = terms
    const name = isIP(endpoint.hostname) === 0 ? endpoint.hostname : undefined
    const connect = buildConnector({
      timeout: probeLimits.connectMsMax,
      minVersion: 'TLSv1.2',
      ...(ca !== undefined && { ca }),
    })
    this.#terms = terms
    this.#client = new Client(endpoint.origin, {
      pipelining: 1,
      maxHeaderSize: probeLimits.headBytesMax,
      // Nothing is looked up again: the name may stand for another address by now.
      connect: (options, callback) =>
        connect(
          { ...options, hostname: ip, ...(name !== undefined && { servername: name }) },
          callback,
        ),
    })
  }

  /** Never rejects. */
  async call(call: ProbeCall): Promise<CallOutcome> {
    const { timeLimitMs, signal } = this.#terms
    const limit = AbortSignal.any([AbortSignal.timeout(timeLimitMs), signal])
    const startedAt = performance.now()
    try {
      const { statusCode, headers, body } = await this.#request(call, limit)
      const payload = await this.#whole(body, limit)
      const tookMs = Math.round(performance.now() - startedAt)
      return {
        answer: { status: statusCode, rawHeaders: headers, payload, tookMs },
        trouble: undefined,
      }
    } catch (error) {
      return { answer: undefined, trouble: networkTrouble(error) }
    }
  }

  close(): Promise<void> {
    return this.#client.destroy()
  }

  async #request(
    { method, target, rawHeaders, payload }: ProbeCall,
    signal: AbortSignal,
  ): Promise<{ statusCode: number; headers: RawHeaders; body: AsyncIterable<Uint8Array> }> {
    const { timeLimitMs } = this.#terms
    const answer = await this.#client.request({
      ...{ method, path: target, headers: [...rawHeaders], signal },
      ...{ headersTimeout: timeLimitMs, bodyTimeout: timeLimitMs, responseHeaders: 'raw' as const },
      body: payload.length === 0 ? null : payload,
    })
    // Asked for raw, undici gives a list, of which its types know nothing.
    const headers = (answer.headers as unknown as readonly (string | Buffer)[]).map(String)
    return { statusCode: answer.statusCode, headers, body: answer.body }
  }

  async #whole(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array> {
    const { answerBytesMax } = this.#terms
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of body) {
      signal.throwIfAborted()
      bytes += chunk.length
      if (bytes > answerBytesMax) throw new Trouble(tooLong(answerBytesMax))
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }
}

function tooLong(bytesMax: number): BilingualText {
  return {
    az: `Cavab ${bytesMax} baytdan uzundur`,
    en: `The answer is longer than ${bytesMax} bytes`,
  }
}
