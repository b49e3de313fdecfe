import { Agent, request } from 'undici'
import { logRequestMsMax, logResponseHeadBytesMax } from './limits/transparency.js'

export interface BoundedRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Besides those of HTTP itself; the body is plain text where they do not say what it is. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** A longer answer is given up. */
  readonly bytesMax: number
  readonly signal?: AbortSignal
  readonly timeMsMax?: number
}

export interface BoundedAnswer {
  readonly status: number
  /** Media type in lower case, without parameters. */
  readonly type: string
  readonly body: Buffer
}

/** Asks others' servers over HTTP, each answer within a time and a length; follows no redirects. */
export class BoundedClient {
  readonly #agent = new Agent({
    connect: { timeout: logRequestMsMax },
    maxHeaderSize: logResponseHeadBytesMax,
    connections: 4,
  })

  /** @throws Error saying why there is no answer */
  async ask(address: string, options: BoundedRequest): Promise<BoundedAnswer> {
    const { method = 'GET', body, headers, bytesMax, timeMsMax = logRequestMsMax } = options
    const limit = AbortSignal.timeout(timeMsMax)
    const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit
    const answer = await request(address, {
      dispatcher: this.#agent,
      method,
      signal,
      headersTimeout: timeMsMax,
      bodyTimeout: timeMsMax,
      ...(body !== undefined && { body }),
      headers: {
        ...(body !== undefined && { 'content-type': 'text/plain; charset=utf-8' }),
        ...headers,
      },
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > bytesMax) throw new Error(`the answer is longer than ${bytesMax} bytes`)
      chunks.push(chunk)
    }
    const { 'content-type': type = '' } = answer.headers
    return {
      status: answer.statusCode,
      type: String(type).split(';')[0]?.trim().toLowerCase() ?? '',
      body: Buffer.concat(chunks),
    }
  }

  /** What is under way is broken off. */
  close(): Promise<void> {
    return this.#agent.destroy()
  }
}
