import { held } from '../support/held.js'
import { busStub, echo, envelopeHeaders, mediatedOf } from '../support/rest-lane.js'
import { serviceTarget, toolsStub, verifiedOf } from '../support/rest-lane.js'
import type { ConformanceDriver, ConsumerView } from './conformance.js'
import { askBroken, httpSettings, post, startHttpProvider } from './http-driver.js'

/** How the conformance suite speaks REST. */
export const driver: ConformanceDriver = {
  ...httpSettings,
  payload: Buffer.from('{"ad":"Əliyev Şükür","bayt":"\u0000\uffff"}'),
  payloadOf: ({ payload }) => held(payload),
  tools: toolsStub,
  ask,
  askBroken,
  verified: ({ consumer = 'AZ/GOV/VN/EVHF', messageId = 'm-1' }) =>
    verifiedOf(contentWith(consumer, messageId, Buffer.alloc(0)), Buffer.alloc(0)),
  answered: busStub(echo),
  startProvider: (manner) =>
    startHttpProvider(manner, {
      payloadOf: (message) => message,
      echo: (message, response) => response.end(message),
    }),
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
  const { head, body } = await post(`${address}${serviceTarget}`, envelopeHeaders, payload)
  return { text: `${head}\n${body.toString('utf8')}`, payload: body }
}
