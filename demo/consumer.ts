import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'undici'
import { v7 as uuidv7 } from 'uuid'
import type { AssertionToSign } from '../src/assertion/sign-assertion.js'
import { rawHeadersOf, signRequest, verifyReply } from '../src/trust/http-signature/client.js'
import type { Credentials } from './sample-pki.js'
import { assertedBy } from './user-assertion.js'

/** One call of a consumer's own system. */
export interface Call {
  readonly client: string
  readonly service: string
  readonly credentials: Credentials
  /** POST by default; a GET has no body. */
  readonly method?: 'GET'
  readonly headers?: Readonly<Record<string, string>>
  readonly body: object
  /** Who the user is, in mode user. */
  readonly user?: AssertionToSign['subject']
  /** Spoils the request after it was signed; `unsigned` leaves the signature out. */
  readonly spoil?: 'unsigned' | 'altered'
  /** On a connection of its own, which the bus gives to its next worker. */
  readonly isApart?: boolean
}

export interface CallOutcome {
  readonly status: number
  readonly exchangeId: string
  /** Code of a refusal by the bus. */
  readonly fault: string | undefined
  readonly body: unknown
  /** The bus's promise that the exchange is in its log. */
  readonly receipt?: string | undefined
  /** SHA-256 of the payload that was sent, in hexadecimal. */
  readonly sentSha256: string
  readonly milliseconds: number
}

/** A consumer's system as an agency would write it: signs, sends, verifies what the bus answers. */
export class SampleConsumer {
  readonly #busAddress: string
  readonly #bus: X509Certificate
  readonly #busThumbprint: string

  constructor(busAddress: string, busCertificateFile: string) {
    this.#busAddress = busAddress
    this.#bus = new X509Certificate(readFileSync(busCertificateFile))
    this.#busThumbprint = createHash('sha256').update(this.#bus.raw).digest('base64url')
  }

  /** @throws Error when the bus's answer does not verify */
  async call(call: Call): Promise<CallOutcome> {
    const url = `${this.#busAddress}/r1/${call.service}`
    const { method = 'POST' } = call
    const payload = Buffer.from(method === 'GET' ? '' : JSON.stringify(call.body))
    const headers = this.#signed(call, url, payload)
    const body = call.spoil === 'altered' ? altered(payload) : payload
    const startedAt = performance.now()
    const response = await httpRequest(url, {
      ...{ method, headers, ...(method === 'POST' && { body }) },
      ...(call.isApart === true && { reset: true }),
    })
    const answer = Buffer.from(await response.body.arrayBuffer())
    const milliseconds = performance.now() - startedAt
    const verified = verifyReply({
      status: response.statusCode,
      rawHeaders: rawHeadersOf(response.headers as Record<string, string>),
      payload: answer,
      request: { method, url, headers },
      publicKey: this.#bus.publicKey,
      certificateThumbprint: this.#busThumbprint,
    })
    return {
      status: verified.status,
      exchangeId: verified.header('sluice-exchange-id') ?? '',
      fault: verified.header('x-road-error'),
      receipt: verified.header('sluice-receipt'),
      body: JSON.parse(Buffer.from(verified.payload).toString('utf8')) as unknown,
      sentSha256: createHash('sha256').update(body).digest('hex'),
      milliseconds,
    }
  }

  #signed(call: Call, url: string, payload: Buffer): Record<string, string> {
    const { method = 'POST' } = call
    const messageId = uuidv7()
    const headers = {
      ...(method === 'POST' && { 'Content-Type': 'application/json' }),
      'X-Road-Client': call.client,
      'X-Road-Id': messageId,
      ...(call.user && { 'Sluice-Assertion': assertedBy(call, call.user, messageId) }),
      ...call.headers,
    }
    if (call.spoil === 'unsigned') return headers
    const { privateKey, thumbprint } = call.credentials
    return signRequest({
      method,
      url,
      headers,
      payload,
      privateKey,
      certificateThumbprint: thumbprint,
    })
  }
}

// Somebody on the way asks about another person.
function altered(payload: Buffer): Buffer {
  return Buffer.from(payload.toString('utf8').replace('0TEST01', '0TEST02'))
}
