import { constants, hash, sign, type KeyObject } from 'node:crypto'
import type {
  MqProperties,
  MqReplyContent,
  MqRequestContent,
} from '../../src/exchange/mq-content.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import type { MqNoticeContent } from '../../src/exchange/message-notice.js'
import { mqHeadBytes } from '../../src/mq-head.js'

/** Whoever signs: a `TestSigner`, a `TestIdentity`, or a key with the thumbprint of its certificate. */
export interface MqSigningKey {
  readonly privateKey: KeyObject
  readonly thumbprint: string
}

export type MqEnvelope = Readonly<Record<string, unknown>>

export interface MqToSign {
  readonly type: string
  readonly envelope: MqEnvelope
  readonly payload: Uint8Array
  readonly contentType?: string | undefined
  /** By default now. */
  readonly at?: Date | undefined
  /** By default the one that the key decides. */
  readonly alg?: string | undefined
  /** Members that replace those of the protected header; undefined takes one away. */
  readonly header?: Readonly<Record<string, unknown>> | undefined
}

/** Signs as an agency does by the description alone (RFC 7515, RFC 7797), not with the bus's own signer. */
export function signMq(key: MqSigningKey, message: MqToSign): string {
  const { type, envelope, payload, contentType, at = new Date() } = message
  const alg = message.alg ?? algorithmOf(key.privateKey)
  const header = JSON.stringify({
    alg,
    b64: false,
    crit: ['b64'],
    typ: type,
    'x5t#S256': key.thumbprint,
    iat: Math.floor(at.getTime() / 1000),
    cty: contentType,
    env: envelope,
    ...message.header,
  })
  return signMqHeader(key, header, payload, alg)
}

/** The same for a protected header that is given as its text. */
export function signMqHeader(
  { privateKey }: MqSigningKey,
  header: string,
  payload: Uint8Array,
  alg: string = algorithmOf(privateKey),
): string {
  const encoded = Buffer.from(header).toString('base64url')
  const input = Buffer.concat([Buffer.from(`${encoded}.`), payload])
  return `${encoded}..${valueOver(input, privateKey, alg).toString('base64url')}`
}

function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256'
}

function valueOver(input: Uint8Array, key: KeyObject, alg: string): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, input, key)
  const digest = `sha${alg.slice(-3)}`
  if (key.asymmetricKeyType === 'ec') return sign(digest, input, { key, dsaEncoding: 'ieee-p1363' })
  if (!alg.startsWith('PS')) return sign(digest, input, key)
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
  return sign(digest, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
}

/** How one signature is named in another: base64url SHA-256 of the octets of its last part. */
export function mqSignatureDigest(jws: string): string {
  const value = Buffer.from(jws.slice(jws.lastIndexOf('.') + 1), 'base64url')
  return hash('sha256', value, 'base64url')
}

/** A message as it is published: properties in the bus's names, signature among the headers, raw body. */
export interface MqMessage {
  readonly properties: MqProperties
  readonly signature: string
  readonly payload: Buffer
}

export const mqConsumerId = 'AZ/GOV/VN/SC'
export const mqProviderId = 'AZ/GOV/DIN/GCQ'
const json = 'application/json'
const samplePayload = Buffer.from('{"fin":"5XY7K2A","ad":"Şəfəq"}')

export interface MqChanges {
  /** Members that are added to `env` or replace those in it; undefined takes one away. */
  readonly envelope?: MqEnvelope
  readonly payload?: Uint8Array
  readonly contentType?: string
  readonly at?: Date
  readonly alg?: string
  readonly header?: Readonly<Record<string, unknown>>
  readonly properties?: Partial<MqProperties>
}

/** A correct, signed request or one-way message of a consumer; what is given replaces its parts before it is signed. */
export function mqRequest(key: MqSigningKey, changes: MqChanges = {}): MqMessage {
  const envelope = {
    client: mqConsumerId,
    service: `${mqProviderId}/finAxtaris/v1`,
    id: 'sorgu-1',
    mode: 'body',
    ...changes.envelope,
  }
  return messageOf('sluice-request+jws', key, envelope, changes, {
    messageId: textOf(envelope.id),
    correlationId: textOf(changes.envelope?.['correlationId']),
    replyTo: textOf(changes.envelope?.['replyTo']),
    type: textOf(changes.envelope?.['type']),
  })
}

/** A correct, signed answer of a provider. */
export function mqAnswer(
  key: MqSigningKey,
  delivery: { readonly exchangeId: string; readonly signature: string },
  changes: MqChanges = {},
): MqMessage {
  const envelope = {
    exchangeId: delivery.exchangeId,
    status: 200,
    requestSignature: mqSignatureDigest(delivery.signature),
    ...changes.envelope,
  }
  return messageOf('sluice-answer+jws', key, envelope, changes, {
    correlationId: delivery.exchangeId,
  })
}

/** A correct, signed notice of a recipient. */
export function mqNotice(
  key: MqSigningKey,
  exchangeId: string,
  notice = 'QEBUL_EDILIB',
  changes: MqChanges = {},
): MqMessage {
  const envelope = { client: mqProviderId, exchangeId, notice, ...changes.envelope }
  const payload = changes.payload ?? Buffer.from('{}')
  return messageOf(
    'sluice-notice+jws',
    key,
    envelope,
    { ...changes, payload },
    {
      correlationId: exchangeId,
      type: notice,
    },
  )
}

function messageOf(
  type: string,
  key: MqSigningKey,
  envelope: MqEnvelope,
  changes: MqChanges,
  properties: Partial<MqProperties>,
): MqMessage {
  const { contentType = json, at, alg, header } = changes
  const payload = Buffer.from(changes.payload ?? samplePayload)
  const signature = signMq(key, { type, envelope, payload, contentType, at, alg, header })
  const all = { contentType, ...properties, ...changes.properties }
  const headers = { 'sluice-signature': signature, ...changes.properties?.headers }
  return { properties: { ...all, headers }, signature, payload }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The message as the inbound adapter hands it over. */
export function mqRequestContent(
  { properties, signature, payload }: MqMessage,
  from: string = mqConsumerId,
  recipient = 0,
  through: MqRequestContent['through'] = 'requests',
): MqRequestContent {
  const head = (): Buffer => mqHeadBytes(properties)
  const sender = parseSubsystemId(from)
  return { format: 'mq', properties, from: sender, through, recipient, signature, payload, head }
}

/** The message as the outbound adapter hands it over. */
export function mqReplyContent(
  { properties, signature, payload }: MqMessage,
  status = 200,
): MqReplyContent {
  const head = (): Buffer => mqHeadBytes(properties)
  return { format: 'mq', status, properties, signature, payload, head }
}

export function mqNoticeContent({ properties, signature, payload }: MqMessage): MqNoticeContent {
  return { properties, signature, payload }
}
