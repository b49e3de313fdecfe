import { createPrivateKey, type KeyObject } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { signRequest, verifyReply } from '../src/trust/http-signature/client.js'
import type { LoadTarget } from './load-order.js'
import { httpPartsOf, signerKeyOf, type RequestMaker, type WholeReply } from './load-request.js'

/** Requests of the REST lane, and plain ones for hops that check nothing. */
export class RestRequests implements RequestMaker {
  readonly payload: Buffer
  readonly #target: LoadTarget
  readonly #start: string
  readonly #privateKey: KeyObject | undefined
  readonly #thumbprint: string

  constructor(target: LoadTarget) {
    const { host, pathname } = new URL(target.url)
    const { signer } = target
    this.#target = target
    this.#start = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n`
    this.#privateKey = signer && createPrivateKey(signer.privateKeyPem)
    this.#thumbprint = signer ? signerKeyOf(signer.certificatePem).certificateThumbprint : ''
    const { payloadText, payloadBytes } = target
    this.payload =
      payloadText === undefined ? samplePayload(payloadBytes) : Buffer.from(payloadText)
  }

  head(): Buffer {
    let head = this.#start
    for (const [name, value] of Object.entries(this.#headers())) head += `${name}: ${value}\r\n`
    return Buffer.from(`${head}Content-Length: ${this.payload.length}\r\n\r\n`, 'latin1')
  }

  checkReply(head: Buffer, { status, headers, payload }: WholeReply): boolean {
    const { url, busCertificatePem } = this.#target
    if (busCertificatePem === undefined) return false
    const verified = verifyReply({
      ...{ status, rawHeaders: Object.entries(headers).flat(), payload },
      request: { method: 'POST', url, headers: httpPartsOf(head).headers },
      ...signerKeyOf(busCertificatePem),
    })
    if (verified.payload.length !== this.payload.length) throw new Error('not what was answered')
    return true
  }

  #headers(): Record<string, string> {
    const plain = { 'Content-Type': 'application/json' }
    const { signer, url } = this.#target
    if (!signer || !this.#privateKey) return plain
    return signRequest({
      method: 'POST',
      url,
      headers: {
        ...plain,
        'X-Road-Client': signer.client,
        'X-Road-Id': uuidv7(),
        'X-Road-Issue': 'BENCH-1',
        'Sluice-Mode': 'body',
        'Sluice-Legal-Basis': 'Decree 813, 5.1.4',
      },
      payload: this.payload,
      privateKey: this.#privateKey,
      certificateThumbprint: this.#thumbprint,
    })
  }
}

/** A JSON text of exactly so many bytes. */
function samplePayload(bytes: number): Buffer {
  const payload = Buffer.alloc(bytes, '{"fin":"0TEST01","ad":"Nümunə","voen":1234567890},')
  payload.write('[{"a":"', 0)
  payload.write('"}]', bytes - 3)
  return payload
}
