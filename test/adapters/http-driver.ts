import { once } from 'node:events'
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendBytes } from '../support/rest-lane.js'
import type {
  ConformanceDriver,
  ConsumerDriver,
  ProviderDriver,
  ProviderManner,
  SampleProvider,
} from './conformance.js'

/** What the drivers of lanes over HTTP have in common. */
export const httpSettings: Pick<
  ConsumerDriver & ProviderDriver,
  'settings' | 'settingsWithoutPrivate'
> = {
  settings: {
    host: '127.0.0.1',
    port: 0,
    limits: {},
    outbound: { privateAddresses: ['127.0.0.0/8'] },
  },
  settingsWithoutPrivate: { host: '127.0.0.1', port: 0, limits: {} },
}

/** Says something that is no HTTP. */
export const askBroken: ConformanceDriver['askBroken'] = async (address) => {
  const { text } = await sendBytes(Number(new URL(address).port), 'EHLO bus.example\r\n\r\n')
  return { text: Buffer.from(text, 'latin1').toString('utf8'), payload: Buffer.alloc(0) }
}

/** Posts a message. @returns the reply's header fields, one part a line, and its bytes */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  message: Uint8Array,
): Promise<{ readonly head: string; readonly body: Buffer }> {
  const request = httpRequest(url, {
    method: 'POST',
    headers: { ...headers, Connection: 'close' },
  })
  request.end(message)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { head: response.rawHeaders.join('\n'), body: await bytesOf(response) }
}

/** How a protocol reads what comes to its provider, and answers with it. */
export interface ProviderLanguage {
  readonly payloadOf: (message: Buffer) => Uint8Array
  readonly echo: (message: Buffer, response: ServerResponse) => void
}

export async function startHttpProvider(
  manner: ProviderManner,
  { payloadOf, echo }: ProviderLanguage,
): Promise<SampleProvider> {
  const deliveries: Uint8Array[] = []
  let arrive: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const server = createServer((incoming, response) => {
    void bytesOf(incoming).then((message) => {
      deliveries.push(payloadOf(message))
      arrive()
      if (manner === 'echo') echo(message, response)
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
