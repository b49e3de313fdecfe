import type { AdapterTools } from '../../src/exchange/adapter.js'
import { catalogueJson } from '../../src/exchange/catalogue-json.js'
import { exchangesAboutUser } from '../../src/exchange/exchanges-about.js'
import type { LoggedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import type { Metaservice } from '../../src/exchange/metaservice.js'
import { headBytes } from '../../src/http/headers.js'
import { personDeskLimits } from '../../src/limits/persons.js'
import { messageNotice, messageStatus } from './messages.js'

/**
 * Answers what is asked of the bus itself (X-Road Service Metadata Protocol for REST), or said to it.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED for a description or a message that there is not,
 *   AUDIT_UNAVAILABLE
 */
export async function answerMetaservice(
  metaservice: Metaservice,
  logged: LoggedRequest,
  tools: AdapterTools,
): Promise<ReceivedReply> {
  const { verified } = logged
  if (verified.format !== 'http') throw new TypeError('a metaservice of another lane')
  const method = metaservice === 'messageNotice' ? 'POST' : 'GET'
  if (verified.method !== method) {
    const detail = method === 'GET' ? 'Metaservices are asked by GET.' : 'Notices are said by POST.'
    throw new Fault('REQUEST_INVALID', { field: 'method', detail })
  }
  const payload = await payloadOf(metaservice, logged, verified.query, tools)
  const rawHeaders = ['Content-Type', 'application/json; charset=utf-8']
  const now = tools.now()
  const head = (): Uint8Array => headBytes('HTTP/1.1 200 OK', rawHeaders)
  return {
    content: { format: 'http', status: 200, rawHeaders, payload, head },
    delivered: logged.content,
    deliveredAt: now,
    receivedAt: now,
  }
}

async function payloadOf(
  metaservice: Metaservice,
  logged: LoggedRequest,
  query: string | undefined,
  tools: AdapterTools,
): Promise<Uint8Array> {
  if (metaservice === 'messageStatus') return json(await messageStatus(logged, tools))
  if (metaservice === 'messageNotice') return json(await messageNotice(logged, tools))
  const { route, envelope, content } = logged
  const asked = new URLSearchParams(query)
  if (metaservice === 'myExchanges') {
    const page = {
      limit: asked.get('limit') ?? undefined,
      before: asked.get('before') ?? undefined,
    }
    return exchangesAboutUser(logged, page, tools.persons, personDeskLimits)
  }
  return catalogueJson(
    {
      metaservice,
      service: route.service,
      domain: route.domain,
      consumer: envelope.consumer,
      serviceCode: asked.get('serviceCode') ?? '',
      version: asked.get('version') ?? undefined,
      server: content.format === 'http' ? `${content.scheme}://${content.authority}` : '',
    },
    tools.catalogue,
  )
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
