import { Agent, request } from 'undici'

export interface SourceLimits {
  readonly bytesMax: number
  /** Total time, milliseconds. */
  readonly timeMsMax: number
  readonly headBytesMax: number
}

/** What is asked: by GET, or by POST where there is a body. */
export interface SourceQuestion {
  readonly accept: string
  readonly body?: Uint8Array
  /** Media type of the body. */
  readonly type?: string
}

/**
 * Asks an authority's server over HTTP, within a time and a length; follows no redirects.
 * @returns the answer's bytes, of which nothing is known yet; none but for status 200
 * @throws Error saying why there is none
 */
export async function askSource(
  address: string,
  { bytesMax, timeMsMax, headBytesMax }: SourceLimits,
  { accept, body: question, type }: SourceQuestion,
): Promise<{ readonly statusCode: number; readonly bytes: Buffer }> {
  // An agent of its own, so that no idle connection outlives the question.
  const agent = new Agent({ connect: { timeout: timeMsMax }, maxHeaderSize: headBytesMax })
  try {
    const { statusCode, body } = await request(address, {
      dispatcher: agent,
      method: question ? 'POST' : 'GET',
      signal: AbortSignal.timeout(timeMsMax),
      headersTimeout: timeMsMax,
      bodyTimeout: timeMsMax,
      headers: { accept, ...(type !== undefined && { 'content-type': type }) },
      ...(question && { body: question }),
    })
    if (statusCode !== 200) return { statusCode, bytes: Buffer.alloc(0) }
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > bytesMax) throw new Error(`the answer is larger than ${bytesMax} bytes`)
      chunks.push(chunk)
    }
    return { statusCode, bytes: Buffer.concat(chunks) }
  } finally {
    await agent.destroy()
  }
}
