/**
 * The bare hop to compare with: node:http in, undici dispatch out, no signature, no log.
 * Arguments: address of the provider, number of processes.
 */
import cluster from 'node:cluster'
import { createServer, type ServerResponse } from 'node:http'
import { Pool, type Dispatcher } from 'undici'

const [target = '', processes = '1'] = process.argv.slice(2)

if (cluster.isPrimary) {
  let left = Number(processes)
  cluster.on('listening', (_worker, { port }) => {
    left -= 1
    if (left === 0) process.send?.({ port })
  })
  for (let i = 0; i < Number(processes); i += 1) cluster.fork()
  process.on('disconnect', () => process.exit(0))
} else {
  serve()
  process.on('disconnect', () => process.exit(0))
}

function serve(): void {
  const pool = new Pool(target, { connections: 64, pipelining: 1 })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
      const headers = { 'content-type': 'application/json' }
      pool.dispatch(
        { method: 'POST', path: request.url ?? '/', body: body ?? null, headers },
        relayTo(response),
      )
    })
  })
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1')
}

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
