import type { AdapterTools, HandleExchange } from '../../src/exchange/adapter.js'
import type { EnvelopeReader } from '../../src/exchange/envelope.js'
import { HttpListener } from '../../src/http/http-listener.js'
import type { HttpSettings } from '../../src/http/settings.js'
import { describe } from './description.js'
import { InboundRequest } from './inbound-request.js'
import { renderReply } from './reply.js'
import { descriptionPrefix, listClientsPath, protocolPrefix } from './service-path.js'

/** The consumer-facing side: one HTTP(S) listener. */
export function createInbound(
  settings: HttpSettings,
  tools: AdapterTools,
  reader: EnvelopeReader,
  handle: HandleExchange,
): HttpListener<InboundRequest> {
  return new HttpListener(
    settings,
    tools,
    {
      reader,
      pathPrefixes: [protocolPrefix, listClientsPath, descriptionPrefix],
      answerItself: (arrived) => describe(arrived, tools.catalogue, settings.publicScheme),
      requestOf: (arrived, facts, limits) => new InboundRequest(arrived, facts, limits),
      render: (reply, request, asked) => renderReply(reply, request, asked, tools),
    },
    handle,
  )
}
