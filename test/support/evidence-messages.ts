import { hash, randomUUID } from 'node:crypto'
import type { HalfEvidence } from '../../src/evidence/exchange-evidence.js'
import { headBytes, without } from '../../src/http/headers.js'
import { encodeEntry, type EntryFields, type Half } from '../../src/message-log/entry.js'
import {
  makeDataKey,
  masterKeyOf,
  openPayload,
  sealPayload,
  type OpenedPayload,
} from '../../src/message-log/payload-cipher.js'
import { leafHashOf } from '../../src/tlog/merkle.js'
import { rawHeadersOf, signRequest } from '../../src/trust/http-signature/client.js'
import { plainComponent } from '../../src/trust/http-signature/component.js'
import { contentDigestText, sha256Of } from '../../src/trust/http-signature/content-digest.js'
import { replyMessage, requestMessageOf } from '../../src/trust/http-signature/message.js'
import { createMessageSigner } from '../../src/trust/http-signature/sign-message.js'
import { createHttpSigner } from '../../src/trust/http-signer.js'
import { consumerOf, providerOf, then, type EvidenceCast } from './evidence-cast.js'
import type { TestIdentity } from './pki.js'
import { signedMessage } from './wss.js'

/** `moved`: the provider's signed answer is to another request of the same consumer. */
export type EvidenceKind = 'rest' | 'soap' | 'refused' | 'unsigned' | 'moved' | MqEvidenceKind

/** Of the MQ lane: `several` recipients, a recipient's `notice`, and one that came with a request. */
export type MqEvidenceKind =
  'mq' | 'mq-moved' | 'mq-refused' | 'mq-several' | 'mq-notice' | 'mq-noted'

const body = Buffer.from('{"fin":"5XY7K2A","ad":"Şəfəq"}')
const url = 'https://bus.example/r1/AZ/GOV/DIN/GCQ/finAxtaris/v1?fin=5XY7K2A'

export type HalfWithoutPlace = Omit<HalfEvidence, 'place'>

/** Both halves of an exchange over REST, signed by whoever has to. */
export async function restHalves(
  cast: EvidenceCast,
  kind: Exclude<EvidenceKind, 'soap' | MqEvidenceKind>,
  exchangeId: string,
): Promise<HalfWithoutPlace[]> {
  const { consumer } = cast
  const headers = headersOf(consumer, 'sorgu-1')
  const { pathname, search } = new URL(url)
  const rawHeaders = rawHeadersOf(headers)
  const head = headBytes(`POST ${pathname}${search} HTTP/1.1`, rawHeaders)
  const value = Buffer.from(/:([^:]+):/.exec(headers['Signature'] ?? '')?.[1] ?? '', 'base64')
  const asked = {
    ...common(exchangeId, 'rest'),
    consumerCertificate: consumer.thumbprint,
    consumerSignatureDigest: hash('sha256', value, 'base64url'),
  }
  if (kind === 'refused') {
    const fields = {
      ...asked,
      kind: 'refusal',
      outcome: 'ACCESS_DENIED',
      faultSide: 'consumer',
    } as const
    return [await halfOf(2, fields, { head, payload: body })]
  }
  const request = await halfOf(1, { ...asked, kind: 'request' }, { head, payload: body })
  const isSigned = kind !== 'unsigned'
  const askedOf = kind === 'moved' ? rawHeadersOf(headersOf(consumer, 'sorgu-2')) : rawHeaders
  const answer = answered(cast, askedOf, isSigned)
  const fields = replyFields(exchangeId, 'rest', request, isSigned ? cast.provider : undefined)
  return [request, await halfOf(2, fields, answer)]
}

function headersOf(consumer: TestIdentity, messageId: string): ReturnType<typeof signRequest> {
  return signRequest({
    method: 'POST',
    url,
    headers: {
      Host: 'bus.example',
      'Content-Type': 'application/json',
      'X-Road-Client': consumerOf,
      'X-Road-Id': messageId,
      'Sluice-Mode': 'body',
    },
    payload: body,
    privateKey: consumer.privateKey,
    certificateThumbprint: consumer.thumbprint,
    created: then,
  })
}

function answered(
  { bus, provider }: EvidenceCast,
  rawHeaders: readonly string[],
  isSigned: boolean,
): { readonly head: Buffer; readonly payload: Buffer } {
  const payload = Buffer.from('{"unvan":"Bakı, Nizami küç. 5"}')
  const target = 'http://gcq.example/api?fin=5XY7K2A'
  const given = [...without(rawHeaders, ['host']), 'Host', 'gcq.example', 'Via', '1.1 sluice']
  const signer = createHttpSigner({
    privateKey: bus.privateKey,
    certificateThumbprint: bus.thumbprint,
    now: () => then,
  })
  const added = signer.signDelivery({
    method: 'POST',
    targetUri: target,
    rawHeaders: given,
    cover: ['content-type'],
    payloadSha256: sha256Of(body),
    hasPayload: true,
  })
  const names = added.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  const sent = [...without(given, names), ...added]
  const delivery = headBytes('POST /api?fin=5XY7K2A HTTP/1.1', sent)
  const fields = [
    'Content-Type',
    'application/json',
    'Content-Digest',
    contentDigestText(sha256Of(payload)),
  ]
  if (!isSigned) return { head: headBytes('HTTP/1.1 200 OK', fields), payload }
  const sign = createMessageSigner({
    privateKey: provider.privateKey,
    certificateThumbprint: provider.thumbprint,
    now: () => then,
  })
  const ofDelivery = {
    ...plainComponent('signature'),
    identifier: '"signature";req;key="sluice"',
    req: true,
    key: 'sluice',
  }
  const message = replyMessage(
    { status: 200, rawHeaders: fields },
    requestMessageOf('POST', target, sent),
  )
  const components = [plainComponent('@status'), plainComponent('content-digest'), ofDelivery]
  const { input, value } = sign(message, components, 'provider')
  const head = headBytes('HTTP/1.1 200 OK', [
    ...fields,
    'Signature-Input',
    input,
    'Signature',
    value,
  ])
  return { head: Buffer.concat([delivery, head]), payload }
}

/** The same over SOAP. */
export async function soapHalves(
  cast: EvidenceCast,
  exchangeId: string,
): Promise<HalfWithoutPlace[]> {
  const clock = { now: () => then }
  const payload = signedMessage(cast.consumer, {}, clock)
  const fields = [
    'Host',
    'bus.example',
    'Content-Type',
    'text/xml; charset=utf-8',
    'SOAPAction',
    '""',
  ]
  const head = headBytes('POST /soap HTTP/1.1', fields)
  const value = Buffer.from(/SignatureValue>([^<]+)</.exec(payload.toString())?.[1] ?? '', 'base64')
  const request = await halfOf(
    1,
    {
      ...common(exchangeId, 'soap'),
      kind: 'request',
      consumerCertificate: cast.consumer.thumbprint,
      consumerSignatureDigest: hash('sha256', value, 'base64url'),
    },
    { head, payload },
  )
  const answer = signedMessage(
    cast.provider,
    {
      blocks: [],
      body: '<g:finAxtarisResponse xmlns:g="urn:gcq"><unvan>Bakı</unvan></g:finAxtarisResponse>',
    },
    clock,
  )
  const reply = replyFields(exchangeId, 'soap', request, cast.provider)
  const replyHead = headBytes('HTTP/1.1 200 OK', ['Content-Type', 'text/xml; charset=utf-8'])
  return [request, await halfOf(2, reply, { head: replyHead, payload: answer })]
}

export function common(exchangeId: string, protocol: string): Omit<EntryFields, 'kind'> {
  return {
    format: 2,
    exchangeId,
    messageId: 'sorgu-1',
    domain: 'PORTAL',
    consumer: consumerOf,
    provider: providerOf,
    service: `${providerOf}/finAxtaris/v1`,
    consumerIdentity: 'verified',
    consumerProtocol: protocol,
    providerProtocol: protocol,
    purpose: 'vergi yoxlaması',
    receivedAt: then.toISOString(),
    recordedAt: then.toISOString(),
  }
}

export function replyFields(
  exchangeId: string,
  protocol: string,
  request: HalfWithoutPlace,
  provider: TestIdentity | undefined,
): EntryFields {
  return {
    ...common(exchangeId, protocol),
    kind: 'reply',
    outcome: 'answered',
    answeredAt: then.toISOString(),
    providerCertificate: provider?.thumbprint,
    requestEntry: leafHashOf(request.entry).toString('base64url'),
  }
}

const master = masterKeyOf(Buffer.alloc(32, 3))

export async function halfOf(
  half: Half,
  fields: EntryFields,
  message: { readonly head: Buffer; readonly payload: Buffer },
): Promise<HalfWithoutPlace> {
  const opened = await kept(fields.exchangeId, half, message)
  const { digest: payloadDigest, headDigest } = opened
  const whole = { ...fields, payloadDigest, headDigest }
  return { half, fields: whole, entry: Buffer.from(encodeEntry(whole).bytes), message: opened }
}

async function kept(
  exchangeId: string,
  half: Half,
  message: { readonly head: Buffer; readonly payload: Buffer },
): Promise<OpenedPayload> {
  const key = makeDataKey(master, randomUUID(), then)
  const { sealed } = await sealPayload(key, { exchangeId, half }, message)
  return openPayload(key.key, { exchangeId, half }, sealed)
}
