import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { held } from '../support/held.js'
import { sendBytes } from '../support/rest-lane.js'
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
import type {
  ConformanceDriver,
  ConsumerView,
  ProviderManner,
  SampleProvider,
} from './conformance.js'

const contentType = 'text/xml; charset=utf-8'

/** How the conformance suite speaks SOAP: a payload is what stands in the Body. */
export const driver: ConformanceDriver = {
  settings: {
    host: '127.0.0.1',
    port: 0,
    limits: {},
    outbound: { privateAddresses: ['127.0.0.0/8'] },
  },
  settingsWithoutPrivate: { host: '127.0.0.1', port: 0, limits: {} },
  payload: Buffer.from(
    '<g:finAxtaris xmlns:g="urn:gcq"><ad>Əliyev &amp; Şükür</ad></g:finAxtaris>',
  ),
  payloadOf: ({ payload }) => bodyContentOf(held(payload)),
  tools: soapTools,
  ask,
  async askBroken(address) {
    const { text } = await sendBytes(Number(new URL(address).port), 'EHLO bus.example\r\n\r\n')
    return { text: Buffer.from(text, 'latin1').toString('utf8'), payload: Buffer.alloc(0) }
  },
  // X-Road's blocks hold characters, so what is encoded elsewhere is one that no identifier may hold.
  verified: ({ consumer = 'AZ/GOV/VN/EVHF', messageId = 'm-1' }) =>
    verifiedSoap({
      blocks: headerBlocks({ consumer: consumer.replace('%01', '\u200b'), messageId }),
    }),
  answered: soapBusStub(soapEcho),
  startProvider,
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
  const headers = { 'Content-Type': contentType, SOAPAction: '""', Connection: 'close' }
  const request = httpRequest(address, { method: 'POST', headers })
  request.end(envelope)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = await bytesOf(response)
  const text = `${response.rawHeaders.join('\n')}\n${body.toString('utf8')}`
  return { text: readable(text), payload: bodyContentOf(body) }
}

/** With the references undone that a text for people may hold. */
function readable(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

async function startProvider(manner: ProviderManner): Promise<SampleProvider> {
  const deliveries: Uint8Array[] = []
  let arrive: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const server = createServer((incoming, response) => {
    void bytesOf(incoming).then((payload) => {
      deliveries.push(bodyContentOf(payload))
      arrive()
      if (manner === 'echo') response.setHeader('Content-Type', contentType).end(payload)
      if (manner === 'break off') incoming.socket.destroy()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    deliveries,
    arrived,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
