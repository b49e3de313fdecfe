/** The benched provider: answers every request at once, with as many bytes as it was sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const payloadBytesMax = 1 << 20
const payload = Buffer.alloc(payloadBytesMax, '{"fin":"0TEST01","voen":1234567890},')

const server = createServer((request, response) => {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.once('end', () => {
    const body = payload.subarray(0, bytes)
    response.writeHead(200, [
      'Content-Type',
      'application/json',
      'Content-Length',
      String(body.length),
    ])
    response.end(body)
  })
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('disconnect', () => process.exit(0))
