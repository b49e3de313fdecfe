import type { IncomingMessage } from 'node:http'
import { startAgencyServer, type AgencyAnswer, type SampleAgency } from './agency-server.js'
import { diplomas, taxpayers } from './sample-data.js'

type Answer = readonly [status: number, body: unknown]
type Route = (query: Readonly<Record<string, unknown>>) => Answer

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

function startAgency(routes: Readonly<Record<string, Route>>): Promise<SampleAgency> {
  return startAgencyServer(
    (request, body) => rendered(answer(routes, request, body)),
    rendered([500, { xeta: 'daxili xəta' }]),
  )
}

function answer(
  routes: Readonly<Record<string, Route>>,
  request: IncomingMessage,
  body: Buffer,
): Answer {
  const url = new URL(request.url ?? '/', 'http://agency')
  const route = routes[url.pathname]
  if (!route) return [404, { xeta: 'belə ünvan yoxdur' }]
  const query: unknown =
    request.method === 'GET' ? Object.fromEntries(url.searchParams) : parseJson(body)
  const isObject = typeof query === 'object' && query !== null
  return isObject ? route(query as Record<string, unknown>) : [400, { xeta: 'JSON deyil' }]
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function rendered([status, body]: Answer): AgencyAnswer {
  const payload = Buffer.from(JSON.stringify(body))
  return { status, contentType: 'application/json; charset=utf-8', payload }
}
