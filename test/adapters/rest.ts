import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type IncomingMessage } from 'node:http'
import { held } from '../support/held.js'
import { busStub, echo, envelopeHeaders, mediatedOf, sendBytes } from '../support/rest-lane.js'
import { serviceTarget, toolsStub, verifiedOf } from '../support/rest-lane.js'
import type {
  ConformanceDriver,
  ConsumerView,
  ProviderManner,
  SampleProvider,
} from './conformance.js'

/** How the conformance suite speaks REST. */
export const driver: ConformanceDriver = {
  settings: {
    host: '127.0.0.1',
    port: 0,
    limits: {},
    outbound: { privateAddresses: ['127.0.0.0/8'] },
  },
  settingsWithoutPrivate: { host: '127.0.0.1', port: 0, limits: {} },
  payload: Buffer.from('{"ad":"Əliyev Şükür","bayt":"\u0000\uffff"}'),
  payloadOf: ({ payload }) => held(payload),
  tools: toolsStub,
  ask,
  async askBroken(address) {
    const { text } = await sendBytes(Number(new URL(address).port), 'EHLO bus.example\r\n\r\n')
    return { text: Buffer.from(text, 'latin1').toString('utf8'), payload: Buffer.alloc(0) }
  },
  verified: ({ consumer = 'AZ/GOV/VN/EVHF', messageId = 'm-1' }) =>
    verifiedOf(contentWith(consumer, messageId, Buffer.alloc(0)), Buffer.alloc(0)),
  answered: busStub(echo),
  startProvider,
  mediated: (adapter, { payload, ...route }) =>
    mediatedOf(
      {
        exchangeId: '0190a2b0-0000-7000-8000-000000000001',
        receivedAt: new Date(),
        remoteAddress: '127.0.0.1',
        adapter,
        content: contentWith('AZ/GOV/VN/EVHF', 'm-1', payload),
      },
      payload,
      route,
    ),
}

type Content = Parameters<typeof verifiedOf>[0]

function contentWith(consumer: string, messageId: string, payload: Uint8Array): Content {
  return {
    format: 'http',
    method: 'POST',
    scheme: 'http',
    authority: 'bus.example',
    target: serviceTarget,
    rawHeaders: [
      ...['X-Road-Client', consumer, 'X-Road-Id', messageId],
      ...['Signature-Input', 'c=("@method")', 'Signature', 'c=:AA==:'],
    ],
    head: () => new Uint8Array(),
    readPayload: () => Promise.resolve(payload),
  }
}

async function ask(address: string, payload: Uint8Array): Promise<ConsumerView> {
  const headers = { ...envelopeHeaders, Connection: 'close' }
  const request = httpRequest(`${address}${serviceTarget}`, { method: 'POST', headers })
  request.end(payload)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = await bytesOf(response)
  const head = response.rawHeaders.join('\n')
  return { text: `${head}\n${body.toString('utf8')}`, payload: body }
}

async function startProvider(manner: ProviderManner): Promise<SampleProvider> {
  const deliveries: Uint8Array[] = []
  let arrive: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const server = createServer((incoming, response) => {
    void bytesOf(incoming).then((payload) => {
      deliveries.push(payload)
      arrive()
      if (manner === 'echo') response.end(payload)
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
