import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { diplomas, taxpayers } from './sample-data.js'

/** A running sample agency: a plain HTTP service that knows nothing of the bus. */
export interface SampleAgency {
  readonly address: string
  close(): Promise<void>
}

type Answer = readonly [status: number, body: unknown]
type Route = (query: Readonly<Record<string, unknown>>) => Answer

const bodyBytesMax = 1_048_576

/** Vergilər Nazirliyi (Ministry of Taxes): taxpayer numbers of a person, SC-04 step 1. */
export function startTaxes(): Promise<SampleAgency> {
  return startAgency({
    '/vergi/voen': ({ fin }) => {
      if (typeof fin !== 'string') return [400, { xeta: 'fin tələb olunur' }]
      // A person without a number is a business answer, not a fault.
      return [200, { voenler: taxpayers.get(fin) ?? [] }]
    },
  })
}

/** Təhsil Nazirliyi (Ministry of Education): diplomas, SC-05 a and b. */
export function startEducation(): Promise<SampleAgency> {
  return startAgency({
    '/diplom/melumat': ({ fin, seriya, nomre }) => {
      if (typeof fin !== 'string') return [400, { xeta: 'fin tələb olunur' }]
      const all = diplomas.get(fin) ?? []
      const asked = all.filter(
        (diploma) =>
          (seriya === undefined || diploma.seriya === seriya) &&
          (nomre === undefined || diploma.nomre === nomre),
      )
      return [200, { diplomlar: asked }]
    },
  })
}

async function startAgency(routes: Readonly<Record<string, Route>>): Promise<SampleAgency> {
  const server: Server = createServer((request, response) => {
    answer(routes, request, response).catch(() => {
      if (!response.headersSent) reply(response, [500, { xeta: 'daxili xəta' }])
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://agency')
  const route = routes[url.pathname]
  if (!route) {
    reply(response, [404, { xeta: 'belə ünvan yoxdur' }])
    return
  }
  const query: unknown =
    request.method === 'GET'
      ? Object.fromEntries(url.searchParams)
      : parseJson(await readBody(request))
  const isObject = typeof query === 'object' && query !== null
  reply(
    response,
    isObject ? route(query as Record<string, unknown>) : [400, { xeta: 'JSON deyil' }],
  )
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) throw new Error('body too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reply(response: ServerResponse, [status, body]: Answer): void {
  const payload = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': payload.length,
  })
  response.end(payload)
}
