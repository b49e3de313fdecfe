import { hash } from 'node:crypto'
import type { MqReplyContent, VerifiedMqRequest } from '../../src/exchange/mq-content.js'

const sampleSignature = { label: '', keyId: '', created: new Date(0), value: new Uint8Array() }

/** A message of a queue as trust hands it on, with no signature that anybody would look at here. */
export function queueRequest(
  body: unknown,
  { contentType, type }: { readonly contentType?: string | undefined; readonly type?: string } = {},
): VerifiedMqRequest {
  const payload = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return {
    format: 'mq',
    contentType,
    payload,
    payloadSha256: hash('sha256', payload, 'buffer'),
    recipient: 0,
    signature: sampleSignature,
    text: (name) => (name === 'type' ? type : undefined),
    integer: () => undefined,
    texts: () => undefined,
  }
}

/** What a provider puts into its queue. */
export function queueReply(
  status: number,
  body: string,
  more: Partial<MqReplyContent> = {},
): MqReplyContent {
  return {
    format: 'mq',
    status,
    properties: { contentType: 'application/json', headers: {} },
    signature: undefined,
    payload: Buffer.from(body),
    head: () => new Uint8Array(),
    ...more,
  }
}
