import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { busWsdl } from '../../adapters/soap/wsdl.js'
import type { DerivedHttpRequest } from '../../src/exchange/derived-request.js'
import { isInMemory } from '../../src/exchange/payload.js'
import type { RestServiceInSoap } from '../../src/views/rest-service.js'
import { ContractBreach } from '../../src/violation/violation.js'
import { httpReply, soapRequestOf } from './views.js'

/** What a REST provider answers. */
export type Provide = (request: DerivedHttpRequest) => {
  readonly status: number
  readonly json: string
}

/** A REST service behind its face in SOAP, without a bus between. */
export interface RestBehindSoap {
  /** Of the WSDL. */
  readonly wsdlUrl: string
  /** As the provider got them. */
  readonly requests: readonly DerivedHttpRequest[]
  close(): void
}

/** Serves the WSDL as the bus does, and carries what comes to a provider. */
export async function restBehindSoap(
  face: RestServiceInSoap,
  provide: Provide,
): Promise<RestBehindSoap> {
  const requests: DerivedHttpRequest[] = []
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'Content-Type': 'text/xml; charset=utf-8' }).end(body)
    })
  })
  const address = await listening(server)
  const answer = async (
    request: IncomingMessage,
  ): Promise<{ status: number; body: Uint8Array }> => {
    if (request.method === 'GET') {
      return { status: 200, body: busWsdl(face.wsdl, { address, hasAttachments: false }) }
    }
    try {
      return carry(face, provide, requests, await buffer(request))
    } catch (error) {
      if (!(error instanceof ContractBreach)) throw error
      return { status: 400, body: Buffer.from(error.message) }
    }
  }
  return { wsdlUrl: `${address}?wsdl`, requests, close: () => server.close() }
}

function carry(
  { mapping }: RestServiceInSoap,
  provide: Provide,
  requests: DerivedHttpRequest[],
  envelope: Uint8Array,
): { status: number; body: Uint8Array } {
  const derived = mapping.request(soapRequestOf(envelope))
  requests.push(derived)
  const { status, json } = provide(derived)
  const content = mapping.reply(httpReply(status, json), derived)
  if (!isInMemory(content.payload)) throw new TypeError('on the spool')
  return { status: content.status, body: content.payload }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/xidmet`
}
