import type { KeyObject } from 'node:crypto'
import type { HttpRequestContent } from '../exchange/http-content.js'
import type { HttpSigner } from '../exchange/signers.js'
import { contentDigestText, sha256Of } from './http-signature/content-digest.js'
import { HeaderFields } from './http-signature/header-fields.js'
import {
  replyMessage,
  requestMessageOf,
  type HttpMessage,
  type RequestMessage,
} from './http-signature/message.js'
import { plainComponent, type Component } from './http-signature/component.js'
import { busLabel } from './http-signature/request-coverage.js'
import { readDictionary } from './http-signature/signature-fields.js'
import { verifiedMessageOf } from './http-signature/verified-request.js'
import {
  createMessageSigner,
  type MessageSigner,
  type SignedFields,
} from './http-signature/sign-message.js'

export interface HttpSignerSettings {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the bus certificate's DER; the `keyid` of every signature. */
  readonly certificateThumbprint: string
  readonly now: () => Date
}

/**
 * The bus's own RFC 9421 signatures. The key decides the algorithm; P-256 is the choice for a bus,
 * ten times cheaper to sign with than RSA.
 * @throws Fault ALGORITHM_FORBIDDEN when no accepted algorithm takes the key
 */
export function createHttpSigner(settings: HttpSignerSettings): HttpSigner {
  const sign = createMessageSigner(settings)
  return {
    signDelivery: (delivery) => signDelivery(delivery, sign),
    signReply: (reply) => signReply(reply, sign),
  }
}

const coveredInDeliveries = ['@method', '@target-uri', 'content-digest']
const coveredInReplies = ['@status', 'content-digest']

function signDelivery(
  delivery: Parameters<HttpSigner['signDelivery']>[0],
  sign: MessageSigner,
): string[] {
  const { method, targetUri, rawHeaders, cover, payloadSha256, hasPayload, verified } = delivery
  const message = requestMessageOf(method, targetUri, rawHeaders)
  const { fields } = message
  const received = verifiedMessageOf(verified)
  if (received) fields.keepDictionariesOf(received.fields)
  const added: string[] = []
  if (hasPayload && !fields.has('content-digest')) {
    const digest = contentDigestText(payloadSha256)
    added.push('Content-Digest', digest)
    fields.add('content-digest', digest)
  }
  const components = fieldComponents(coveredInDeliveries, cover, message)
  for (const label of readDictionary(fields, 'signature').keys()) {
    // Each of the consumer's signatures, by its label, so that ours says which of them was delivered.
    components.push(signatureMember(label, ''))
  }
  addMerged(added, fields, sign(message, components, busLabel))
  return added
}

function signReply(reply: Parameters<HttpSigner['signReply']>[0], sign: MessageSigner): string[] {
  const { status, rawHeaders, cover, payload, request, requestLabel, verified } = reply
  const digest = contentDigestText(sha256Of(payload))
  const answered =
    request && requestLabel !== undefined
      ? (verifiedMessageOf(verified) ?? signatureOf(request))
      : undefined
  const message = replyMessage({ status, rawHeaders }, answered)
  message.fields.add('content-digest', digest)
  const components = fieldComponents(coveredInReplies, cover, message)
  if (requestLabel !== undefined && answered) {
    components.push(signatureMember(requestLabel, ';req'))
  }
  const { input, value } = sign(message, components, busLabel)
  return ['Content-Digest', digest, 'Signature-Input', input, 'Signature', value]
}

/** The request as far as its reply refers to it: the reply covers the request's signature alone. */
function signatureOf(request: HttpRequestContent): RequestMessage {
  const lines: string[] = []
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? ''
    if (name.length === 'signature'.length && name.toLowerCase() === 'signature') {
      lines.push(name, request.rawHeaders[at + 1] ?? '')
    }
  }
  const { method, scheme, authority, target } = request
  return { kind: 'request', method, scheme, authority, target, fields: new HeaderFields(lines) }
}

/** The components wanted, without repetition and without fields that the message does not have. */
function fieldComponents(
  first: readonly string[],
  cover: readonly string[],
  { fields }: HttpMessage,
): Component[] {
  const names = new Set(first)
  for (const name of cover) names.add(name.toLowerCase())
  const components: Component[] = []
  for (const name of names) {
    if (name.startsWith('@') || fields.has(name)) components.push(plainComponent(name))
  }
  return components
}

function signatureMember(label: string, suffix: '' | ';req'): Component {
  // Field by field: spreading costs 2 us an object on Node 20.
  return {
    name: 'signature',
    identifier: `"signature"${suffix};key="${label}"`,
    req: suffix === ';req',
    sf: false,
    bs: false,
    key: label,
    queryParam: undefined,
  }
}

function addMerged(added: string[], fields: HeaderFields, { input, value }: SignedFields): void {
  added.push('Signature-Input', merged(fields, 'signature-input', input))
  added.push('Signature', merged(fields, 'signature', value))
}

// The consumer's members stay as they were written: textually in front of ours.
function merged(fields: HeaderFields, name: string, own: string): string {
  const given = readDictionary(fields, name)
  if (given.has(busLabel)) throw new Error('a delivery bears a signature labelled sluice already')
  return given.size === 0 ? own : `${fields.value(name) ?? ''}, ${own}`
}
