import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto'
import type { EnvelopeReader } from '../../src/exchange/envelope.js'
import type {
  AuthenticatedRequest,
  LoggedRequest,
  ReceivedReply,
  ReceivedRequest,
} from '../../src/exchange/exchange.js'
import type {
  HttpRequestContent,
  VerifiedHttpHead,
  VerifiedHttpRequest,
} from '../../src/exchange/http-content.js'
import { Fault } from '../../src/exchange/fault.js'
import {
  parseServiceCode,
  parseSubsystemId,
  type SubsystemId,
} from '../../src/exchange/identifier.js'
import { createAuthenticate } from '../../src/trust/authenticate.js'
import type { KeyType } from '../../src/trust/http-signature/algorithms.js'
import {
  rawHeadersOf,
  signRequest,
  type RequestHeaders,
  type RequestToSign,
} from '../../src/trust/http-signature/client.js'
import { contentDigestText, sha256Of } from '../../src/trust/http-signature/content-digest.js'
import type { SignerDirectory } from '../../src/trust/signer-directory.js'
import { takeRsaKeyPair } from './key-pool.js'

/** A key pair that stands for a subsystem's certificate, where chains are not the matter. */
export interface TestSigner {
  readonly subsystem: string
  readonly keyType: KeyType
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly thumbprint: string
}

export const consumerId = 'AZ/GOV/VN/SC'
export const providerId = 'AZ/GOV/DIN/GCQ'
export const fiveMinutesMs = 5 * 60 * 1000
export const testUrl = `http://bus.example:8080/r1/${providerId}/finAxtaris/v1?fin=5XY7K2A`

function keyPair(keyType: KeyType): { privateKey: KeyObject; publicKey: KeyObject } {
  if (keyType === 'rsa') return takeRsaKeyPair(2048)
  if (keyType === 'ed25519') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('ec', { namedCurve: keyType === 'p256' ? 'P-256' : 'P-384' })
}

export function testSigner(keyType: KeyType = 'p256', subsystem = consumerId): TestSigner {
  const { privateKey, publicKey } = keyPair(keyType)
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const thumbprint = hash('sha256', spki, 'buffer').toString('base64url')
  return { subsystem, keyType, privateKey, publicKey, thumbprint }
}

export function directoryOf(...signers: readonly TestSigner[]): SignerDirectory {
  return {
    key(thumbprint) {
      const found = signers.find((signer) => signer.thumbprint === thumbprint)
      if (!found) throw new Fault('CERT_UNKNOWN')
      const { subsystem, publicKey, keyType } = found
      return {
        signer: { subsystem: parseSubsystemId(subsystem), thumbprint, serialNumber: '01' },
        publicKey,
        keyType,
      }
    },
    find() {
      throw new Fault('CERT_UNKNOWN')
    },
    checkCertificate() {
      // Chains are not the matter.
    },
  }
}

/** Reads no more of an envelope than who sends it. */
export const senderOnly: EnvelopeReader = {
  protocol: 'rest',
  readEnvelope: (verified: VerifiedHttpHead) => ({
    consumer: parseSubsystemId(verified.header('x-road-client') ?? ''),
    serviceCode: parseServiceCode(`${providerId}/finAxtaris`),
    version: 'v1',
    messageId: verified.header('x-road-id') ?? '',
    domain: undefined,
    mode: undefined,
    purpose: undefined,
    legalBasis: undefined,
    caseNumber: undefined,
    userId: undefined,
    representedParty: undefined,
    correlationId: undefined,
    classification: undefined,
  }),
}

export interface TestRequest {
  readonly method: string
  readonly url: string
  readonly headers: RequestHeaders
  readonly payload: Uint8Array
}

/** A correct, signed request; what is given replaces its parts before it is signed. */
export function signedRequest(
  signer: TestSigner,
  changes: Partial<RequestToSign> = {},
): TestRequest {
  const { method = 'POST', url = testUrl } = changes
  const payload = changes.payload ?? Buffer.from('{"fin":"5XY7K2A","ad":"Şəfəq"}')
  const headers = signRequest({
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': String(payload.length),
      'X-Road-Client': consumerId,
      'X-Road-Id': 'sorgu-1',
      'Sluice-Mode': 'body',
    },
    privateKey: signer.privateKey,
    certificateThumbprint: signer.thumbprint,
    ...changes,
    method,
    url,
    payload,
  })
  return { method, url, headers, payload }
}

/** The request as an adapter hands it over; `readFor` are those for whom its payload was asked for. */
export function contentOf(
  request: TestRequest,
  rawHeaders: readonly string[] = rawHeadersOf(request.headers),
): HttpRequestContent & { readonly readFor: readonly SubsystemId[] } {
  const { protocol, host, pathname, search } = new URL(request.url)
  const readFor: SubsystemId[] = []
  return {
    format: 'http',
    method: request.method,
    scheme: protocol === 'https:' ? 'https' : 'http',
    authority: host,
    target: pathname + search,
    rawHeaders,
    head: () => Buffer.alloc(0),
    readPayload: (bytesMax, consumer) => {
      readFor.push(consumer)
      return request.payload.length > bytesMax
        ? Promise.reject(new Fault('PAYLOAD_TOO_LARGE'))
        : Promise.resolve(request.payload)
    },
    readFor,
  }
}

export function received(content: ReceivedRequest['content']): ReceivedRequest {
  return {
    exchangeId: '0190163d-8694-739b-aea5-966c26f8ad91',
    receivedAt: new Date(),
    adapter: senderOnly,
    content,
    remoteAddress: '192.0.2.1',
  }
}

/** As much of a logged request as the acceptance of its reply looks at. */
export function loggedWith(providerSignature: 'required' | 'none'): LoggedRequest {
  return { route: { provider: providerId, providerSignature } } as unknown as LoggedRequest
}

export function receivedReply(
  delivered: HttpRequestContent,
  status: number,
  rawHeaders: readonly string[],
  payload: Uint8Array,
): ReceivedReply {
  return {
    content: { format: 'http', status, rawHeaders, payload, head: () => Buffer.alloc(0) },
    delivered,
    deliveredAt: new Date(),
    receivedAt: new Date(),
  }
}

export const payloadBytesMax = 1000

type AuthenticatedHttpRequest = AuthenticatedRequest & { readonly verified: VerifiedHttpRequest }

/** Step 1 with the signers given. */
export function authenticateWith(
  signers: readonly TestSigner[],
  now: () => Date = () => new Date(),
  directory: SignerDirectory = directoryOf(...signers),
): (received: ReceivedRequest) => Promise<AuthenticatedHttpRequest> {
  const step = createAuthenticate({
    signers: directory,
    now,
    freshnessMs: fiveMinutesMs,
    payloadBytesMax: () => payloadBytesMax,
    isCarriedOver: () => false,
  })
  return async (received) =>
    (await step.authenticate(step.identify(step.verifyHead(received)))) as AuthenticatedHttpRequest
}

/** `CODE field` of the refusal, or `accepted`. */
export async function verdictOf(
  authenticate: ReturnType<typeof authenticateWith>,
  request: TestRequest,
  rawHeaders = rawHeadersOf(request.headers),
): Promise<string> {
  try {
    await authenticate(received(contentOf(request, rawHeaders)))
    return 'accepted'
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return error.field === undefined ? error.code : `${error.code} ${error.field}`
  }
}

/** The request with header fields added or replaced after it was signed. */
export function withHeaders(request: TestRequest, headers: RequestHeaders): TestRequest {
  return { ...request, headers: { ...request.headers, ...headers } }
}

/** The request without its signature. */
export function unsigned(request: TestRequest): TestRequest {
  const fields = Object.entries(request.headers)
  const headers = Object.fromEntries(fields.filter(([name]) => !name.startsWith('Signature')))
  return { ...request, headers }
}

/** `Content-Digest` with a SHA-256 of the payload. */
export function digestOf(payload: Uint8Array): string {
  return contentDigestText(sha256Of(payload))
}
