import { pemOf } from '../registry/declaration/certificate-file.js'
import { CaError } from './ca-error.js'
import type { IssuingCa } from './issuing-ca.store.js'
import { publishedCachedMs } from './limits.js'
import type { OcspReply, OcspResponder } from './ocsp-responder.store.js'

/** What everybody may have of the CA: its certificate, its list, and answers on single certificates. */
export class PublicPki {
  readonly #ca: IssuingCa | undefined
  readonly #ocsp: OcspResponder | undefined
  #list: { readonly der: Promise<Buffer>; readonly until: number } | undefined

  constructor(ca: IssuingCa | undefined, ocsp: OcspResponder | undefined) {
    this.#ca = ca
    this.#ocsp = ocsp
  }

  /** DER. @throws CaError CA_NOT_READY */
  async certificate(): Promise<Buffer> {
    return (await this.#issuing().authority()).der
  }

  /** @throws CaError CA_NOT_READY */
  async certificatePem(): Promise<string> {
    return pemOf(await this.certificate())
  }

  /** DER of the newest list; one look into the database serves everybody for a moment. @throws CaError */
  async list(nowMs = Date.now()): Promise<Buffer> {
    const ca = this.#issuing()
    if (!this.#list || this.#list.until <= nowMs) {
      const der = ca.published().then((list) => list.der)
      this.#list = { der, until: nowMs + publishedCachedMs }
      der.catch(() => (this.#list = undefined))
    }
    return this.#list.der
  }

  /** @throws CaError CA_NOT_READY where there is no CA at all */
  async ocsp(request: Uint8Array): Promise<OcspReply> {
    if (!this.#ocsp) throw notHere()
    return this.#ocsp.answer(request)
  }

  #issuing(): IssuingCa {
    if (!this.#ca) throw notHere()
    return this.#ca
  }
}

function notHere(): CaError {
  return new CaError('CA_NOT_READY', 'This node has no CA (ca in the configuration).')
}
