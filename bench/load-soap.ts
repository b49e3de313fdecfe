import { createPrivateKey, hash, X509Certificate } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { xroadNamespace } from '../adapters/soap/names.js'
import { soapEnvelope, soapHeaderBlocks } from '../demo/soap-request.js'
import type { SoapSigner } from '../src/exchange/signers.js'
import { verifyBusReply } from '../src/trust/wss/client.js'
import { createSoapSigner } from '../src/trust/wss/sign-message.js'
import type { LoadSigner, LoadTarget } from './load-order.js'
import { httpPartsOf, signerKeyOf, type RequestMaker, type WholeReply } from './load-request.js'
import { soapContent, soapEnd, soapServiceCode } from './soap-payload.js'

/** Requests of the SOAP lane: SOAP 1.1, signed after WS-Security with the certificate as token. */
export class SoapRequests implements RequestMaker {
  readonly payload: Buffer
  readonly #target: LoadTarget
  readonly #client: string
  readonly #signer: SoapSigner
  readonly #envelope: Buffer
  readonly #start: string
  readonly #answerContent: string

  constructor(target: LoadTarget, signer: LoadSigner) {
    const { host, pathname } = new URL(target.url)
    const content = soapContent(soapServiceCode, target.payloadBytes)
    this.#target = target
    this.#client = signer.client
    this.#signer = createSoapSigner({
      privateKey: createPrivateKey(signer.privateKeyPem),
      certificate: new X509Certificate(signer.certificatePem).raw,
      now: () => new Date(),
    })
    this.#envelope = Buffer.from(soapEnvelope(content))
    this.#start =
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/xml; charset=utf-8\r\n` +
      `SOAPAction: ""\r\n`
    this.#answerContent = soapContent(`${soapServiceCode}Response`, target.payloadBytes)
    this.payload = Buffer.from(content + soapEnd)
  }

  // Only what stands before the Body's content differs from one request to the next; a hundred
  // kilobytes each would not find room.
  head(): Buffer {
    const message = this.#signer.sign({
      envelope: this.#envelope,
      headerBlocks: soapHeaderBlocks({
        ...{ client: this.#client, service: this.#target.service, messageId: uuidv7() },
        ...{ mode: 'body', issue: 'BENCH-1', legalBasis: 'Decree 813, 5.1.4' },
      }),
      attachments: [],
    })
    const head = `${this.#start}Content-Length: ${message.length}\r\n\r\n`
    return Buffer.concat([
      Buffer.from(head, 'latin1'),
      message.subarray(0, message.length - this.payload.length),
    ])
  }

  checkReply(head: Buffer, { payload }: WholeReply): boolean {
    const { busCertificatePem } = this.#target
    if (busCertificatePem === undefined) return false
    const verified = verifyBusReply({
      payload: { bytes: payload, envelope: payload, attachments: [] },
      ...signerKeyOf(busCertificatePem),
    })
    const sent = Buffer.concat([httpPartsOf(head).payload, this.payload])
    const requestHash = verified.headerBlock(xroadNamespace, 'requestHash')?.text()
    const isAnswer = payload.includes(this.#answerContent)
    if (!isAnswer || requestHash !== hash('sha256', sent, 'base64')) {
      throw new Error('not what was answered')
    }
    return true
  }
}
