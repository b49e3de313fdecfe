import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import type { EnvelopeReader } from '../../src/exchange/envelope.js'
import { ByteRoom } from '../../src/http/byte-room.js'
import { HttpListener } from '../../src/http/http-listener.js'
import type { HttpSettings } from '../../src/http/settings.js'
import { soapStartsBytesMax } from '../../src/limits/soap.js'
import { describe } from './description.js'
import type { DescribeService } from './metaservice.js'
import { InboundSoapRequest } from './inbound-content.js'
import { renderReply } from './reply.js'

const nothing = new Uint8Array()

/** The consumer-facing side: one HTTP(S) listener, whose path says nothing: the Header does. */
export function createInbound(
  settings: HttpSettings,
  wsdlOf: DescribeService,
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
      pathPrefixes: ['/'],
      requestOf: (arrived, facts, limits) => new InboundSoapRequest(arrived, facts, limits, rules),
      answerItself: (arrived) => describe(arrived, wsdlOf),
      begin: (request) => request.begin(),
      render: (reply, request, asked) =>
        renderReply(reply, request?.start ?? nothing, asked, tools),
    },
    handle,
  )
}
