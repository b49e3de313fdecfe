/** The benched provider: answers every request with a body as large as the request's, at once. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const body = Buffer.alloc(Number(process.argv[2] ?? 1_024), 0x61)

const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    response.writeHead(200, ['Content-Type', 'text/plain', 'Content-Length', String(body.length)])
    response.end(body)
  })
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
