import type { KeyObject } from 'node:crypto'
import type { HttpRequestContent, HttpSigner } from '../exchange/signed-content.js'
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
import { createMessageSigner, type SignedFields } from './http-signature/sign-message.js'

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
    signDelivery: ({ method, targetUri, rawHeaders, cover, payloadSha256, hasPayload }) => {
      const added: string[] = []
      const given = requestMessageOf(method, targetUri, rawHeaders)
      if (hasPayload && !given.fields.has('content-digest')) {
        added.push('Content-Digest', contentDigestText(payloadSha256))
      }
      const message =
        added.length === 0 ? given : requestMessageOf(method, targetUri, [...rawHeaders, ...added])
      const components = [
        ...fieldComponents(['@method', '@target-uri', 'content-digest'], cover, message),
        ...consumerSignatures(message.fields),
      ]
      return added.concat(merged(message.fields, sign(message, components, busLabel)))
    },

    signReply: ({ status, rawHeaders, cover, payload, request, requestLabel }) => {
      const digest = ['Content-Digest', contentDigestText(sha256Of(payload))]
      const answered = request && requestLabel !== undefined ? signatureOf(request) : undefined
      const message = replyMessage({ status, rawHeaders: [...rawHeaders, ...digest] }, answered)
      const components = fieldComponents(['@status', 'content-digest'], cover, message)
      if (requestLabel !== undefined && answered) {
        components.push(signatureMember(requestLabel, ';req'))
      }
      const { input, value } = sign(message, components, busLabel)
      return [...digest, 'Signature-Input', input, 'Signature', value]
    },
  }
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

/** The consumer's signatures, each by its label, so that ours says which of them was delivered. */
function consumerSignatures(fields: HeaderFields): Component[] {
  return [...readDictionary(fields, 'signature').keys()].map((label) => signatureMember(label, ''))
}

function signatureMember(label: string, suffix: '' | ';req'): Component {
  return {
    ...plainComponent('signature'),
    identifier: `"signature"${suffix};key="${label}"`,
    req: suffix === ';req',
    key: label,
  }
}

// The consumer's members stay as they were written: textually in front of ours.
function merged(fields: HeaderFields, { input, value }: SignedFields): string[] {
  const join = (name: string, own: string): string => {
    const given = readDictionary(fields, name)
    if (given.has(busLabel)) throw new Error('a delivery bears a signature labelled sluice already')
    return given.size === 0 ? own : `${fields.value(name) ?? ''}, ${own}`
  }
  return ['Signature-Input', join('signature-input', input), 'Signature', join('signature', value)]
}
