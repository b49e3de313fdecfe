import { Agent, request } from 'undici'
import {
  timestampHeadBytesMax,
  timestampMsMax,
  timestampResponseBytesMax,
} from '../limits/signed-data.js'
import { TimestampError } from './timestamp-error.js'

/**
 * Sends a request to a timestamping authority over HTTP (RFC 3161 §3.4); follows no redirects.
 * @param stop - gives the attempt up
 * @returns its answer, of which nothing is known yet
 * @throws TimestampError unreachable, too-large
 */
export async function askOverHttp(
  url: string,
  query: Uint8Array,
  stop: AbortSignal,
  timeMsMax: number = timestampMsMax,
): Promise<Uint8Array> {
  // An agent of its own, so that no idle connection outlives the answer.
  const agent = new Agent({ connect: { timeout: timeMsMax }, maxHeaderSize: timestampHeadBytesMax })
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      method: 'POST',
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeMsMax)]),
      headersTimeout: timeMsMax,
      bodyTimeout: timeMsMax,
      headers: {
        'content-type': 'application/timestamp-query',
        accept: 'application/timestamp-reply',
      },
      body: query,
    })
    if (statusCode !== 200) throw unreachable(`it answers ${statusCode}`)
    const type = String(headers['content-type']).split(';', 1)[0]?.trim().toLowerCase()
    if (type !== 'application/timestamp-reply') throw unreachable('its answer is no timestamp')
    return await bytesOf(body as AsyncIterable<Buffer>)
  } catch (error) {
    if (error instanceof TimestampError) throw error
    throw unreachable(wordsOf(error), { cause: error })
  } finally {
    await agent.destroy()
  }
}

async function bytesOf(body: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > timestampResponseBytesMax) {
      throw new TimestampError('too-large', 'The answer is too large.')
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Some errors of connections have a code and no words. */
function wordsOf(error: unknown): string {
  const { message, code } = error as Partial<NodeJS.ErrnoException>
  return message || (code ?? 'the connection failed')
}

function unreachable(why: string, options?: ErrorOptions): TimestampError {
  return new TimestampError('unreachable', `The authority gives no answer: ${why}.`, options)
}
