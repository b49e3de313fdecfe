import type { AdapterTools } from '../../src/exchange/adapter.js'
import { catalogueJson } from '../../src/exchange/catalogue-json.js'
import { invalidField } from '../../src/exchange/envelope-values.js'
import { exchangeIdOf } from '../../src/exchange/recipient-notice.js'
import { statusJson } from '../../src/exchange/notice-json.js'
import { Fault } from '../../src/exchange/fault.js'
import { exchangesAboutUser } from '../../src/exchange/exchanges-about.js'
import type { LoggedRequest, ReceivedReply } from '../../src/exchange/exchange.js'
import type { Metaservice } from '../../src/exchange/metaservice.js'
import { personDeskLimits } from '../../src/limits/persons.js'
import { MadeMqReply } from '../../src/made-mq-reply.js'
import { readFlatJson } from './flat-json.js'

/**
 * Answers what is asked of the bus itself, with the documents of the REST lane; what stands in a path or a query there is
 * a member of the message here: `{"serviceCode": …, "version": …}`, `{"exchangeId": …}`,
 * `{"limit": "50", "before": …}`.
 * @throws Fault REQUEST_INVALID, TARGET_UNREGISTERED for a description or a message that there is not
 */
export async function answerMetaservice(
  metaservice: Metaservice,
  logged: LoggedRequest,
  tools: Tools & Pick<AdapterTools, 'now'>,
): Promise<ReceivedReply> {
  const { verified, content } = logged
  if (verified.format !== 'mq') throw new TypeError('a metaservice of another lane')
  const answer = await answerTo(metaservice, logged, verified.payload, tools)
  const at = tools.now()
  return {
    content: new MadeMqReply(200, 'application/json; charset=utf-8', answer),
    delivered: content,
    deliveredAt: at,
    receivedAt: at,
  }
}

type Tools = Pick<AdapterTools, 'catalogue' | 'messages' | 'persons'>

async function answerTo(
  metaservice: Metaservice,
  logged: LoggedRequest,
  payload: Uint8Array,
  { catalogue, messages, persons }: Tools,
): Promise<Uint8Array> {
  const { route, envelope } = logged
  if (metaservice === 'messageNotice') throw invalidField('service', noticesElsewhere)
  const asked = askedIn(payload, metaservice)
  if (metaservice === 'messageStatus') {
    const status = await messages.status(envelope.consumer, exchangeIdOf(asked['exchangeId']))
    if (status) return Buffer.from(JSON.stringify(statusJson(status)))
    const detail = 'This system has sent no such message.'
    throw new Fault('TARGET_UNREGISTERED', { field: 'exchangeId', detail })
  }
  if (metaservice === 'myExchanges') {
    return exchangesAboutUser(logged, asked, persons, personDeskLimits)
  }
  const { serviceCode = '', version } = asked
  const { service, domain } = route
  const { consumer } = envelope
  const server = ''
  return catalogueJson(
    { metaservice, service, domain, consumer, serviceCode, version, server },
    catalogue,
  )
}

function askedIn(
  payload: Uint8Array,
  metaservice: Metaservice,
): Readonly<Record<string, string | undefined>> {
  if (payload.length === 0) return {}
  if (metaservice === 'messageStatus') return readFlatJson(payload, ['exchangeId'])
  if (metaservice === 'myExchanges') return readFlatJson(payload, ['limit', 'before'])
  return readFlatJson(payload, metaservice === 'getOpenAPI' ? ['serviceCode', 'version'] : [])
}

const noticesElsewhere =
  'Notices of messages of queues are published to the exchange of answers, with the routing key notices.'
