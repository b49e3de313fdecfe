import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text, buffer } from 'node:stream/consumers'

/** What a timestamping authority over HTTP answers; by default with what `answer` makes of the request. */
export type TsaHandler = (request: IncomingMessage, response: ServerResponse) => unknown

/** A timestamping authority behind HTTP (RFC 3161 §3.4), for clients of all kinds. */
export interface TsaServer {
  readonly url: string
  /** Requests so far. */
  readonly requests: number
  /** What it does from now on; undefined: answer as it should. */
  handler: TsaHandler | undefined
  close(): Promise<void>
}

export async function startTsaServer(
  answer: (query: Uint8Array) => Uint8Array,
): Promise<TsaServer> {
  let requests = 0
  const state: { handler: TsaHandler | undefined } = { handler: undefined }
  const server = createServer((request, response) => {
    requests += 1
    void (state.handler ?? stamping(answer))(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    get requests() {
      return requests
    },
    get handler() {
      return state.handler
    },
    set handler(handler) {
      state.handler = handler
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function stamping(answer: (query: Uint8Array) => Uint8Array): TsaHandler {
  return async (request, response) => {
    if (
      request.method !== 'POST' ||
      request.headers['content-type'] !== 'application/timestamp-query'
    ) {
      await text(request)
      response.writeHead(415).end()
      return
    }
    const bytes = answer(await buffer(request))
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(bytes)
  }
}
