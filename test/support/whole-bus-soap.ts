import { hash, randomUUID, X509Certificate } from 'node:crypto'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createSoapSigner } from '../../src/trust/wss/sign-message.js'
import { verifySoapHead } from '../../src/trust/wss/verify-request.js'
import { readMultipart } from '../../adapters/soap/multipart.js'
import { readContentType } from '../../adapters/soap/content-type.js'
import type { HeldSoapRequest, SoapAttachment } from '../../src/exchange/soap-content.js'
import type { VerificationRules } from '../../src/trust/http-signature/verify-request.js'
import type { TestAuthority, TestIdentity } from './pki.js'
import { headerBlocks } from './soap-lane.js'
import { signAssertion, type AssertedRequest } from './user-assertion.js'
import { sluice, soap11, soap12, soapContent, TestTrust } from './wss.js'

/** One call of a consumer's SOAP stack; what is absent is as it should be. */
export interface SoapCall {
  readonly service?: string
  readonly body?: string
  readonly version?: '1.1' | '1.2'
  readonly messageId?: string
  readonly consumer?: string
  readonly blocks?: readonly string[]
  /** On behalf of this user, who is asserted by the consumer itself. */
  readonly user?: object
  readonly attachments?: readonly SoapAttachment[]
  /** Content that the Body holds in base64 when it is signed; MTOM then moves it into an attachment. */
  readonly optimised?: SoapAttachment
}

/** An HTTP message ready to be sent; spoil it by spreading. */
export interface SignedSoapCall {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
  readonly envelope: Buffer
}

/** What the bus replied, its signature verified. */
export interface SoapAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly payload: Buffer
  readonly text: string
  /** What the bus's signature covers. */
  readonly verified: HeldSoapRequest
  readonly exchangeId: string
  /** Code of a refusal. */
  readonly fault: string | undefined
}

const boundary = 'sluice-test-boundary'

/** An agency's SOAP system in front of the bus: signs, sends, verifies each reply. */
export class TestSoapConsumer {
  readonly #address: string
  readonly #credentials: TestIdentity
  readonly #consumer: string
  readonly #rules: VerificationRules
  readonly #agent = new Agent({ keepAlive: true })

  constructor(settings: {
    readonly address: string
    readonly consumer: string
    readonly credentials: TestIdentity
    readonly busCertificate: string
    readonly authority: TestAuthority
  }) {
    this.#address = settings.address
    this.#credentials = settings.credentials
    this.#consumer = settings.consumer
    const { raw: der } = new X509Certificate(settings.busCertificate)
    const trust = new TestTrust(settings.authority)
    trust.register({ der, thumbprint: hash('sha256', der, 'base64url') }, 'AZ/GOV/SLUICE/BUS')
    this.#rules = trust.rules()
  }

  async call(call: SoapCall = {}): Promise<SoapAnswer> {
    return this.send(this.sign(call))
  }

  sign(call: SoapCall = {}): SignedSoapCall {
    const { version = '1.1', attachments = [], messageId = randomUUID() } = call
    const { consumer = this.#consumer, service } = call
    const { user } = call
    const asked = { consumer, messageId, ...(service && { service }) }
    const assertion =
      user && service && this.#assertion({ client: consumer, service, messageId }, user)
    const blocks = call.blocks ?? headerBlocks({ ...asked, ...(assertion && { assertion }) })
    const { privateKey, der: certificate } = this.#credentials
    const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
    const namespace = version === '1.1' ? soap11 : soap12
    const envelope = Buffer.from(
      signer.sign({
        envelope: Buffer.from(
          `<?xml version="1.0" encoding="UTF-8"?>\n<S:Envelope xmlns:S="${namespace}"><S:Body>${call.body ?? ''}</S:Body></S:Envelope>`,
        ),
        headerBlocks: blocks.map((block) => Buffer.from(block)),
        attachments,
      }),
    )
    const type = version === '1.1' ? 'text/xml' : 'application/soap+xml'
    const plain: Record<string, string> = { 'Content-Type': `${type}; charset=utf-8` }
    if (version === '1.1') plain.SOAPAction = '"urn:finAxtaris"'
    if (call.optimised) return optimised(type, plain, envelope, attachments, call.optimised)
    if (attachments.length === 0) return { headers: plain, payload: envelope, envelope }
    return {
      headers: {
        ...plain,
        'Content-Type': `multipart/related; type="${type}"; boundary="${boundary}"`,
      },
      payload: multipartOf(type, envelope, attachments),
      envelope,
    }
  }

  #assertion(asked: AssertedRequest, sub: object): string {
    const issuer = { subsystem: this.#consumer, ...this.#credentials }
    return signAssertion(issuer, asked, { claims: { sub } })
  }

  async send(call: SignedSoapCall, method = 'POST'): Promise<SoapAnswer> {
    const { status, headers, payload } = await this.exchange(call, method)
    const type = readContentType(headers['content-type'])
    const parts =
      type.packaging === 'plain'
        ? { envelope: payload, attachments: [] }
        : { ...envelopeIn(readMultipart(payload, type)), isXop: type.packaging === 'mtom' }
    const { head, signer } = verifySoapHead(soapContent(parts.envelope), this.#rules)
    this.#rules.signers.checkCertificate(signer.thumbprint)
    const verified = head.withPayload({ bytes: payload, ...parts })
    const text = parts.envelope.toString('utf8')
    return {
      status,
      headers,
      payload,
      text,
      verified,
      exchangeId: verified.headerBlock(sluice, 'exchangeId')?.text() ?? '',
      fault: /<f:code>(\w+)<\/f:code>/.exec(text)?.[1],
    }
  }

  /** Sends as it is and looks at nothing. */
  exchange(
    { headers, payload }: Pick<SignedSoapCall, 'headers' | 'payload'>,
    method = 'POST',
  ): Promise<{ status: number; headers: IncomingHttpHeaders; payload: Buffer }> {
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.#agent }
      const request = httpRequest(this.#address, options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response
          resolve({ status, headers: answered, payload: Buffer.concat(chunks) })
        })
      })
      request.on('error', reject)
      request.end(payload)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function envelopeIn({ soapPart, attachments }: ReturnType<typeof readMultipart>): Pick<
  HeldSoapRequest,
  'attachments'
> & {
  readonly envelope: Buffer
} {
  return { envelope: soapPart.envelope, attachments }
}

/** An `xop:Include` in the place of base64 content of the Body. */
export function includeOf({ contentId }: SoapAttachment): string {
  return `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${contentId}"/>`
}

/** What MTOM makes of a message that is signed already (XOP 1.0 §3.1). */
function optimised(
  type: string,
  plain: SignedSoapCall['headers'],
  signed: Buffer,
  attachments: readonly SoapAttachment[],
  part: SoapAttachment,
): SignedSoapCall {
  const base64 = Buffer.from(part.content).toString('base64')
  const [before, after, ...more] = signed.toString('utf8').split(`>${base64}<`)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error('the Body does not hold the content once')
  }
  const envelope = Buffer.from(`${before}>${includeOf(part)}<${after}`)
  const contentType = `multipart/related; type="application/xop+xml"; start-info="${type}"; boundary="${boundary}"`
  return {
    headers: { ...plain, 'Content-Type': contentType },
    payload: multipartOf(`application/xop+xml; type="${type}"`, envelope, [part, ...attachments]),
    envelope,
  }
}

/** SOAP with Attachments, as a consumer's stack writes it. */
export function multipartOf(
  type: string,
  envelope: Uint8Array,
  attachments: readonly SoapAttachment[],
): Buffer {
  const pieces: Uint8Array[] = [
    Buffer.from(`--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\n\r\n`),
    envelope,
  ]
  for (const { contentId, rawHeaders, content } of attachments) {
    let head = `\r\n--${boundary}\r\nContent-ID: <${contentId}>\r\n`
    for (let i = 0; i < rawHeaders.length; i += 2) {
      head += `${rawHeaders[i] ?? ''}: ${rawHeaders[i + 1] ?? ''}\r\n`
    }
    pieces.push(Buffer.from(`${head}\r\n`), content)
  }
  pieces.push(Buffer.from(`\r\n--${boundary}--\r\n`))
  return Buffer.concat(pieces)
}
