import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { SignedCall } from './whole-bus-consumer.js'

/** What came back on a socket. */
export interface RawReply {
  /** 0 where nothing came back that is HTTP. */
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly text: string
}

/** Writes these bytes to a server, as they are, and reads until it closes, or goes at once. */
export function sendRaw(
  address: string,
  bytes: string | Buffer,
  then: 'and waits' | 'and goes' = 'and waits',
): Promise<RawReply> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      if (then === 'and waits') socket.write(bytes)
      else socket.end(bytes, () => socket.destroySoon())
    })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(rawReplyOf(Buffer.concat(chunks).toString('utf8'))))
  })
}

function rawReplyOf(text: string): RawReply {
  const head = text.slice(0, text.indexOf('\r\n\r\n') + 2)
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0),
    text,
    header: (name) => new RegExp(`^${name}: (.*)\\r$`, 'im').exec(head)?.[1],
  }
}

/**
 * Sends a request whose body does not end by itself before `bytesMax`.
 * @returns the reply, and how much of the body had been written by then
 */
export function sendEndless(
  { method, url, headers }: Omit<SignedCall, 'payload'>,
  bytesMax: number,
): Promise<{
  readonly status: number
  readonly fault: string | undefined
  readonly sentBytes: number
}> {
  const chunk = Buffer.alloc(65_536, 0x20)
  return new Promise((resolve, reject) => {
    let sentBytes = 0
    let isAnswered = false
    const request = httpRequest(url, { method, headers })
    const pump = (): void => {
      while (!isAnswered && sentBytes < bytesMax) {
        sentBytes += chunk.length
        if (!request.write(chunk)) {
          request.once('drain', pump)
          return
        }
      }
    }
    request.on('response', (response) => {
      isAnswered = true
      const fault = response.headers['x-road-error']
      const { statusCode: status = 0 } = response
      response.resume()
      resolve({ status, fault: typeof fault === 'string' ? fault : undefined, sentBytes })
      response.on('end', () => request.destroy())
    })
    request.on('error', (error) => {
      if (!isAnswered) reject(error)
    })
    pump()
  })
}
