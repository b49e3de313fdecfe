import { createPrivateKey, type KeyObject } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { signRequest } from '../src/trust/http-signature/client.js'
import type { LoadTarget } from './load-order.js'

/** Makes the heads of requests to one target; the payload is the same for all. */
export class RequestMaker {
  readonly payload: Buffer
  readonly #target: LoadTarget
  readonly #host: string
  readonly #path: string
  readonly #privateKey: KeyObject | undefined

  constructor(target: LoadTarget) {
    const { host, pathname } = new URL(target.url)
    this.#target = target
    this.#host = host
    this.#path = pathname
    this.#privateKey = target.signer && createPrivateKey(target.signer.privateKeyPem)
    this.payload = samplePayload(target.payloadBytes)
  }

  /** One request's head, with a message id of its own. */
  head(): Buffer {
    let head = `POST ${this.#path} HTTP/1.1\r\nHost: ${this.#host}\r\n`
    for (const [name, value] of Object.entries(this.#headers())) head += `${name}: ${value}\r\n`
    return Buffer.from(`${head}Content-Length: ${this.payload.length}\r\n\r\n`, 'latin1')
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
      certificateThumbprint: signer.thumbprint,
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
