import { held } from '../support/held.js'
import {
  bodyContentOf,
  headerBlocks,
  mediatedSoap,
  soapBusStub,
  soapEcho,
  soapTools,
} from '../support/soap-lane.js'
import { verifiedSoap } from '../support/soap-samples.js'
import { soapContent } from '../support/wss.js'
import type { ConformanceDriver, ConsumerView } from './conformance.js'
import { askBroken, httpSettings, post, startHttpProvider } from './http-driver.js'

const contentType = 'text/xml; charset=utf-8'

/** How the conformance suite speaks SOAP: a payload is what stands in the Body. */
export const driver: ConformanceDriver = {
  ...httpSettings,
  payload: Buffer.from(
    '<g:finAxtaris xmlns:g="urn:gcq"><ad>Əliyev &amp; Şükür</ad></g:finAxtaris>',
  ),
  payloadOf: ({ payload }) => bodyContentOf(held(payload)),
  tools: soapTools,
  ask,
  askBroken,
  // X-Road's blocks hold characters, so what is encoded elsewhere is one that no identifier may hold.
  verified: ({ consumer = 'AZ/GOV/VN/EVHF', messageId = 'm-1' }) =>
    verifiedSoap({
      blocks: headerBlocks({ consumer: consumer.replace('%01', '\u200b'), messageId }),
    }),
  answered: soapBusStub(soapEcho),
  startProvider: (manner) =>
    startHttpProvider(manner, {
      payloadOf: bodyContentOf,
      echo: (message, response) => response.setHeader('Content-Type', contentType).end(message),
    }),
  mediated: (adapter, { payload, ...route }) => {
    const verified = verifiedSoap({ blocks: headerBlocks(), body: payloadText(payload) })
    const content = {
      ...soapContent(verified.envelope),
      rawHeaders: ['Content-Type', contentType, 'SOAPAction', '""'],
    }
    return mediatedSoap({ adapter, content }, verified, route)
  },
}

function payloadText(payload: Uint8Array): string {
  return Buffer.from(payload).toString('utf8')
}

async function ask(address: string, payload: Uint8Array): Promise<ConsumerView> {
  const { envelope } = verifiedSoap({ blocks: headerBlocks(), body: payloadText(payload) })
  const headers = { 'Content-Type': contentType, SOAPAction: '""' }
  const { head, body } = await post(address, headers, envelope)
  return { text: readable(`${head}\n${body.toString('utf8')}`), payload: bodyContentOf(body) }
}

/** With the references undone that a text for people may hold. */
function readable(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
