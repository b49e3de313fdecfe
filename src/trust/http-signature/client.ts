import type { KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import type { RawHeaders } from '../../exchange/http-content.js'
import { keyTypeOf, type KeyType, type SignatureAlgorithm } from './algorithms.js'
import { plainComponent } from './component.js'
import {
  contentDigestText,
  digestMismatch,
  digestsMatch,
  readContentDigest,
  sha256Of,
} from './content-digest.js'
import type { HeaderFields } from './header-fields.js'
import { replyMessage, requestMessageOf } from './message.js'
import { checkFreshness, checkParameters, checkSignature } from './parameters.js'
import { busLabel, coveredNames, isEnvelopeField, uncovered } from './request-coverage.js'
import { createMessageSigner } from './sign-message.js'
import { signatureBase } from './signature-base.js'
import { readSignatures } from './signature-fields.js'
import { bindsRequest, checkReplyCoverage } from './verify-reply.js'
import { refuseAtOnce } from './watch.js'

/** The consumer's side of the protocol: what an agency's own system does, for our tools and tests. */

/** Header fields of one request, each once. */
export type RequestHeaders = Readonly<Record<string, string>>

export interface RequestToSign {
  readonly method: string
  /** Absolute, as the bus sees it. */
  readonly url: string
  readonly headers: RequestHeaders
  readonly payload?: Uint8Array | undefined
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
  readonly created?: Date
  /** By default `consumer`. */
  readonly label?: string
  /** By default what the bus asks for, and `content-type` where it is there. */
  readonly cover?: readonly string[]
  /** By default the algorithm that the key decides. */
  readonly algorithm?: SignatureAlgorithm
}

/**
 * Signs a request to the bus.
 * @returns the headers given with `Content-Digest` (where there is a payload), `Signature-Input`, `Signature`
 */
export function signRequest(request: RequestToSign): Record<string, string> {
  const { method, url, payload, privateKey, certificateThumbprint, algorithm } = request
  const headers: Record<string, string> = { ...request.headers }
  if (payload && payload.length > 0 && !hasField(headers, 'content-digest')) {
    headers['Content-Digest'] = contentDigestText(sha256Of(payload))
  }
  const created = request.created ?? new Date()
  const sign = createMessageSigner({
    privateKey,
    certificateThumbprint,
    now: () => created,
    ...(algorithm === undefined ? {} : { algorithm }),
  })
  const message = requestMessageOf(method, url, rawHeadersOf(headers))
  const names = request.cover ?? defaultCover(message.fields)
  const components = names.map((name) => plainComponent(name))
  const { input, value } = sign(message, components, request.label ?? 'consumer')
  return { ...headers, 'Signature-Input': input, Signature: value }
}

/** Header fields as name, value, name, value. */
export function rawHeadersOf(headers: RequestHeaders): string[] {
  return Object.entries(headers).flat()
}

export interface ReplyToVerify {
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Uint8Array
  /** The request as it was sent, its own signature included. */
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: RequestHeaders
    /** Label of the request's signature. By default `consumer`. */
    readonly label?: string
  }
  /** Key of the bus's certificate. */
  readonly publicKey: KeyObject
  /** base64url SHA-256 of the bus certificate's DER. */
  readonly certificateThumbprint: string
  readonly now?: Date
  /** By default five minutes. */
  readonly freshnessMs?: number
}

/** An answer or refusal of which the bus's signature proved right. */
export interface VerifiedBusReply {
  readonly status: number
  readonly payload: Uint8Array
  /** Whether the signature takes in the request's own, so that it answers no other request. */
  readonly boundToRequest: boolean
  readonly created: Date
  /** Value of a covered header field, by lower-case name. */
  header(name: string): string | undefined
}

const freshnessDefaultMs = 5 * 60 * 1000

/**
 * Verifies the bus's signature over a reply. Only a refusal may be unbound to its request: the bus
 * cannot take up a signature that it found wrong.
 * @throws Fault that says what is wrong
 */
export function verifyReply(reply: ReplyToVerify): VerifiedBusReply {
  const { status, payload, request, publicKey, certificateThumbprint } = reply
  const sent = requestMessageOf(request.method, request.url, rawHeadersOf(request.headers))
  const message = replyMessage(reply, sent)
  const found = readSignatures(message.fields).find(({ label }) => label === busLabel)
  if (!found) throw new Fault('SIGNATURE_MISSING', { side: 'bus' })
  const signature = checkParameters(found)
  checkReplyCoverage(message, signature, payload.length > 0)
  const bound = signature.components.some((component) =>
    bindsRequest(component, request.label ?? 'consumer'),
  )
  if (!bound && status < 400) {
    throw uncovered('signature', 'The reply does not cover the signature of the request.')
  }
  if (signature.keyId !== certificateThumbprint) {
    throw new Fault('CERT_UNKNOWN', {
      side: 'bus',
      detail: 'The reply is signed with another certificate than the one given.',
    })
  }
  const nowMs = (reply.now ?? new Date()).getTime()
  checkFreshness(signature, nowMs, reply.freshnessMs ?? freshnessDefaultMs, refuseAtOnce)
  const base = signatureBase(message, signature.components, signature.parametersText)
  checkSignature(signature, base, { publicKey, keyType: acceptedKeyType(publicKey) }, refuseAtOnce)
  checkPayload(message.fields, payload)
  const covered = coveredNames(signature)
  return {
    status,
    payload,
    boundToRequest: bound,
    created: new Date(signature.created * 1000),
    header: (name) => (covered.has(name) ? message.fields.value(name) : undefined),
  }
}

function acceptedKeyType(key: KeyObject): KeyType {
  const keyType = keyTypeOf(key)
  if (keyType) return keyType
  throw new Fault('ALGORITHM_FORBIDDEN', { side: 'bus' })
}

function checkPayload(fields: HeaderFields, payload: Uint8Array): void {
  const digests = readContentDigest(fields)
  if (digests && !digestsMatch(digests, payload, sha256Of(payload))) throw digestMismatch()
}

function defaultCover(fields: HeaderFields): string[] {
  const names = ['@method', '@target-uri']
  for (const name of fields.names()) {
    if (isEnvelopeField(name) || name === 'content-digest' || name === 'content-type') {
      names.push(name)
    }
  }
  return names
}

function hasField(headers: RequestHeaders, name: string): boolean {
  return Object.keys(headers).some((key) => key.toLowerCase() === name)
}
