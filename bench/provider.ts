/**
 * The benched provider: answers every request with as many bytes as it was sent, JSON at `/echo` and SOAP 1.1
 * at `/soap`, at once; with what it was sent at `/same`, and as the answer to it at `/same/soap`; below `/hang` it answers nothing until somebody asks it to at `/release`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { soapAnswer, soapContentBytes, soapSame } from './soap-payload.js'

const payloadBytesMax = 1 << 20
const payload = Buffer.alloc(payloadBytesMax, '{"fin":"0TEST01","voen":1234567890},')
const soapAnswers = new Map<number, Buffer>()
const held: (() => void)[] = []

const server = createServer((request, response) => {
  const path = request.url ?? ''
  if (path === '/release') {
    for (const answer of held.splice(0)) answer()
    response.end()
    return
  }
  if (path.startsWith('/same')) {
    giveBack(request, path.endsWith('/soap'), response)
    return
  }
  const echo = path.endsWith('/soap') ? echoSoap : echoJson
  echo(request, path.startsWith('/hang/'), response)
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('disconnect', () => process.exit(0))

function echoJson(request: IncomingMessage, isHeld: boolean, response: ServerResponse): void {
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  request.once('end', () => {
    answer(response, 'application/json', payload.subarray(0, bytes), isHeld)
  })
}

/** The request again: as it came, or its Body's element under the name of the answer. */
function giveBack(request: IncomingMessage, isSoap: boolean, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => {
    const asked = Buffer.concat(chunks)
    if (isSoap) answer(response, 'text/xml; charset=utf-8', soapSame(asked), false)
    else answer(response, 'application/json', asked, false)
  })
}

function echoSoap(request: IncomingMessage, isHeld: boolean, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => {
    const bytes = soapContentBytes(Buffer.concat(chunks))
    const body = soapAnswers.get(bytes) ?? soapAnswer(bytes)
    soapAnswers.set(bytes, body)
    answer(response, 'text/xml; charset=utf-8', body, isHeld)
  })
}

function answer(response: ServerResponse, type: string, body: Buffer, isHeld: boolean): void {
  if (isHeld) {
    held.push(() => answer(response, type, body, false))
    return
  }
  response.writeHead(200, ['Content-Type', type, 'Content-Length', String(body.length)])
  response.end(body)
}
