import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'

/** A running sample agency: a plain HTTP service that knows nothing of the bus. */
export interface SampleAgency {
  readonly address: string
  /** SHA-256 of the latest request's body, in hexadecimal. */
  readonly latestSha256: string
  close(): Promise<void>
}

export interface AgencyAnswer {
  readonly status: number
  readonly contentType: string
  readonly payload: Buffer
}

export type Answering = (request: IncomingMessage, body: Buffer) => AgencyAnswer

const bodyBytesMax = 1_048_576

/** @param trouble - what is answered when answering fails */
export async function startAgencyServer(
  answering: Answering,
  trouble: AgencyAnswer,
): Promise<SampleAgency> {
  let latestSha256 = ''
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request)
    latestSha256 = createHash('sha256').update(body).digest('hex')
    reply(response, answering(request, body))
  }
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) reply(response, trouble)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    get latestSha256() {
      return latestSha256
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new Error('body too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function reply(response: ServerResponse, { status, contentType, payload }: AgencyAnswer): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': payload.length })
  response.end(payload)
}
