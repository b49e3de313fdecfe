/** The bare hop to compare with: node:http in, undici dispatch out, no signature, no log. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool, type Dispatcher } from 'undici'

const pool = new Pool(process.argv[2] ?? '', { connections: 64, pipelining: 1 })

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    pool.dispatch(
      {
        method: 'POST',
        path: request.url ?? '/',
        body: body ?? null,
        headers: { 'content-type': 'text/plain' },
      },
      relayTo(response),
    )
  })
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})

function relayTo(response: ServerResponse): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let status = 502
  return {
    onRequestStart: () => undefined,
    onResponseStart: (_controller, statusCode) => {
      status = statusCode
    },
    onResponseData: (_controller, chunk) => {
      chunks.push(chunk)
    },
    onResponseEnd: () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
      response.writeHead(status, ['Content-Length', String(body?.length ?? 0)])
      response.end(body)
    },
    onResponseError: () => {
      response.writeHead(502, ['Content-Length', '0'])
      response.end()
    },
  }
}
