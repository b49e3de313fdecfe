import { hash, randomUUID, X509Certificate } from 'node:crypto'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { rawHeadersOf, signRequest, verifyReply } from '../../src/trust/http-signature/client.js'
import type { RequestToSign, VerifiedBusReply } from '../../src/trust/http-signature/client.js'
import type { TestIdentity } from './pki.js'
import { signAssertion, testUser, type AssertionChanges } from './user-assertion.js'

/** One call of a consumer's system; what is absent is as it should be. */
export interface Call {
  /** `AZ/GOV/VN/VERGI/voenTap/v1`; what follows the service and its version is the provider's. */
  readonly service?: string
  readonly method?: string
  /** In place of the whole path and query. */
  readonly target?: string
  /** Rest of the path and query, such as `/axtar?fin=1`. */
  readonly rest?: string
  /** Replaces or, where undefined, removes what stands there by default. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly payload?: Uint8Array | string | undefined
  /** Sends the payload in chunks and says no length beforehand. */
  readonly isChunked?: boolean
  readonly messageId?: string
  readonly credentials?: TestIdentity
  /** In mode user: what of the assertion is otherwise than it should be. */
  readonly assertion?: AssertionChanges
  /** Of the signature. */
  readonly signature?: Pick<RequestToSign, 'algorithm' | 'cover' | 'created' | 'label'>
}

/** A request ready to be sent; spoil it by spreading. */
export interface SignedCall {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
  readonly label: string
}

/** RFC 9457 with what the bus adds. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: string
  readonly side: 'consumer' | 'bus' | 'provider'
  readonly field?: string
  readonly exchangeId: string
  readonly text: { readonly az: string; readonly en: string }
  readonly remedy: { readonly az: string; readonly en: string }
}

/** What the bus replied, its signature verified. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly payload: Buffer
  /** Whether the bus's signature is bound to the request's own. */
  readonly isBound: boolean
  readonly exchangeId: string
  /** Code of a refusal. */
  readonly fault: string | undefined
  readonly problem: Problem | undefined
  /** Value of a header field that the bus's signature covers. */
  readonly signed: (name: string) => string | undefined
}

export interface ConsumerSettings {
  readonly subsystem: string
  readonly credentials: TestIdentity
  readonly address: string
  readonly busCertificate: string
  /** PEM of the authority that an https address is believed by. */
  readonly ca: string
  readonly service: string
  /** From which address it comes, and with which certificate it shows itself. */
  readonly connection?: {
    readonly localAddress?: string
    readonly cert?: string
    readonly key?: string
  }
}

/** On behalf of the agency, on a legal ground. */
export const onBehalfOfBody = {
  'Sluice-Mode': 'body',
  'Sluice-Legal-Basis': encodeURIComponent('Vergi Məcəlləsi, maddə 30'),
  'X-Road-Issue': 'VN-2026-000118',
}

/** An agency's own system in front of the bus: signs, sends, verifies each reply. */
export class TestConsumer {
  readonly #settings: ConsumerSettings
  readonly #bus: X509Certificate
  readonly #agent: Agent

  constructor(settings: ConsumerSettings) {
    this.#settings = settings
    this.#bus = new X509Certificate(settings.busCertificate)
    const options = { keepAlive: true, maxSockets: 64, ...settings.connection }
    const isTls = settings.address.startsWith('https:')
    this.#agent = isTls ? new TlsAgent({ ...options, ca: settings.ca }) : new Agent(options)
  }

  get address(): string {
    return this.#settings.address
  }

  /** The same consumer in front of another bus, or of a proxy. */
  at(address: string): TestConsumer {
    return new TestConsumer({ ...this.#settings, address })
  }

  /** The same consumer by another way. */
  by(connection: ConsumerSettings['connection']): TestConsumer {
    return new TestConsumer({ ...this.#settings, ...(connection && { connection }) })
  }

  /** @throws Fault when the reply's signature does not verify */
  async call(call: Call = {}): Promise<Answer> {
    return this.send(this.sign(call))
  }

  sign(call: Call = {}): SignedCall {
    const { service = this.#settings.service, method = 'POST', rest = '' } = call
    const payload = Buffer.from((call.payload ?? defaultPayload(method)) as Uint8Array)
    const target = call.target ?? `/r1/${encodeURI(service)}${rest}`
    const url = `${this.address}${target}`
    const messageId = call.messageId ?? randomUUID()
    const headers = defined({
      ...(payload.length > 0 && { 'Content-Type': 'application/json' }),
      'X-Road-Client': encodeURI(this.#settings.subsystem),
      'X-Road-Id': messageId,
      ...onBehalfOfBody,
      ...this.#assertion(call, service, messageId),
      ...call.headers,
    })
    const { privateKey, thumbprint } = call.credentials ?? this.#settings.credentials
    const signed = signRequest({
      method,
      url,
      headers: { ...headers, ...framingOf(payload, call.isChunked ?? false) },
      payload,
      privateKey,
      certificateThumbprint: thumbprint,
      ...call.signature,
    })
    return { method, url, headers: signed, payload, label: call.signature?.label ?? 'consumer' }
  }

  /** On behalf of whom `X-Road-UserId` names, or of the test user. */
  #assertion(call: Call, service: string, messageId: string): Record<string, string> {
    const { headers = {}, assertion } = call
    if (headers['Sluice-Mode'] !== 'user') return {}
    const fin = headers['X-Road-UserId']?.replace(/^AZ/, '') ?? testUser.fin
    const { subsystem } = this.#settings
    const { privateKey, thumbprint } = this.#settings.credentials
    const party = headers['X-Road-Represented-Party']
    const claims = { sub: { fin }, ...(party && { represents: party }), ...assertion?.claims }
    const changes = { ...assertion, claims }
    const asked = { client: subsystem, service, messageId }
    const issuer = { subsystem, privateKey, thumbprint }
    return { 'Sluice-Assertion': signAssertion(issuer, asked, changes) }
  }

  async send(call: SignedCall): Promise<Answer> {
    const { status, headers, rawHeaders, payload } = await this.exchange(call)
    const verified = this.verify(call, status, rawHeaders, payload)
    const isProblem = headers['content-type']?.startsWith('application/problem+json') ?? false
    const problem =
      isProblem && payload.length > 0 && verified.header('x-road-error') !== undefined
        ? (JSON.parse(payload.toString('utf8')) as Problem)
        : undefined
    return {
      status,
      headers,
      payload,
      isBound: verified.boundToRequest,
      exchangeId: verified.header('sluice-exchange-id') ?? '',
      fault: verified.header('x-road-error'),
      problem,
      signed: (name) => verified.header(name),
    }
  }

  /** Sends as it is and looks at nothing. */
  async exchange({ method, url, headers, payload }: SignedCall): Promise<{
    status: number
    headers: IncomingHttpHeaders
    rawHeaders: string[]
    payload: Buffer
  }> {
    const ask = url.startsWith('https:') ? tlsRequest : httpRequest
    return new Promise((resolve, reject) => {
      // As it was signed: a URL parser would tidy up dot segments and quotation marks.
      const path = url.slice(new URL(url).origin.length)
      const options = { method, path, headers, agent: this.#agent }
      const request = ask(new URL(url).origin, options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode = 0, headers: answered, rawHeaders } = response
          resolve({
            status: statusCode,
            headers: answered,
            rawHeaders,
            payload: Buffer.concat(chunks),
          })
        })
      })
      request.on('error', reject)
      request.end(payload)
    })
  }

  /** Verifies the bus's signature over a reply. @throws Fault */
  verify(
    { method, url, headers, label }: SignedCall,
    status: number,
    rawHeaders: readonly string[],
    payload: Uint8Array,
  ): VerifiedBusReply {
    return verifyReply({
      status,
      rawHeaders,
      payload,
      request: { method, url, headers, label },
      publicKey: this.#bus.publicKey,
      certificateThumbprint: hash('sha256', this.#bus.raw, 'buffer').toString('base64url'),
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** The request as it would look without its signature. */
export function withoutSignature(call: SignedCall): SignedCall {
  const fields = Object.entries(call.headers)
  return {
    ...call,
    headers: Object.fromEntries(fields.filter(([name]) => !name.startsWith('Signature'))),
  }
}

/** Header fields of a call as name, value, name, value. */
export function rawHeadersOfCall(call: SignedCall): string[] {
  return rawHeadersOf(call.headers)
}

function framingOf(payload: Buffer, isChunked: boolean): Record<string, string> {
  if (isChunked) return { 'Transfer-Encoding': 'chunked' }
  return payload.length > 0 ? { 'Content-Length': String(payload.length) } : {}
}

function defaultPayload(method: string): string {
  return method === 'GET' || method === 'HEAD' ? '' : '{"fin":"0TEST01"}'
}

function defined(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  )
}
