import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import type { EnvelopeReader } from '../../src/exchange/exchange.js'
import { ByteRoom } from '../../src/http/byte-room.js'
import { HttpListener } from '../../src/http/http-listener.js'
import { soapStartsBytesMax } from '../../src/limits.js'
import { describe } from './description.js'
import { InboundSoapRequest } from './inbound-content.js'
import { renderReply } from './reply.js'
import type { SoapSettings } from './settings.js'

const nothing = new Uint8Array()

/** The consumer-facing side: one HTTP(S) listener, whose path says nothing: the Header does. */
export function createInbound(
  { http: settings, descriptions }: SoapSettings,
  tools: AdapterTools,
  reader: EnvelopeReader,
  handle: HandleExchange,
): HttpListener<InboundSoapRequest> {
  const rules = {
    timeLimitMs: settings.limits.requestHeadTimeoutMs,
    room: new ByteRoom(soapStartsBytesMax),
  }
  return new HttpListener(
    settings,
    tools,
    {
      reader,
      pathPrefix: '/',
      requestOf: (arrived, facts, limits) => new InboundSoapRequest(arrived, facts, limits, rules),
      answerItself: (arrived) => describe(arrived, descriptions),
      begin: (request) => request.begin(),
      render: (reply, request, asked) =>
        renderReply(reply, request?.start ?? nothing, asked, tools),
    },
    handle,
  )
}
