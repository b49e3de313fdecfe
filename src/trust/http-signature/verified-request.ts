import { Fault } from '../../exchange/fault.js'
import type { VerifiedHttpRequest, VerifiedSignature } from '../../exchange/signed-content.js'
import { digestMismatch, digestsMatch, sha256Of, type ContentDigests } from './content-digest.js'
import type { RequestMessage } from './message.js'
import { pathOf, queryOf } from './signature-base.js'

const noPayload = Buffer.alloc(0)
const noPayloadSha256 = sha256Of(noPayload)

/** What a verified signature covers, of the head at first and then of the payload too. */
export class VerifiedRequest implements VerifiedHttpRequest {
  readonly format = 'http'
  readonly #message: RequestMessage
  readonly #covered: ReadonlySet<string>
  readonly #digests: ContentDigests | undefined

  constructor(
    message: RequestMessage,
    covered: ReadonlySet<string>,
    digests: ContentDigests | undefined,
    readonly signature: VerifiedSignature,
    readonly payload: Uint8Array = noPayload,
    readonly payloadSha256: Uint8Array = noPayloadSha256,
  ) {
    this.#message = message
    this.#covered = covered
    this.#digests = digests
  }

  get method(): string {
    return this.#message.method
  }

  get path(): string {
    return pathOf(this.#message.target)
  }

  get query(): string | undefined {
    const query = queryOf(this.#message.target)
    // `@query` of an absent and of an empty query are the same (RFC 9421 §2.2.7), so a signature over
    // it does not say which of them was signed.
    return query === '' && !this.#covered.has('@target-uri') ? undefined : query
  }

  header(name: string): string | undefined {
    return this.#covered.has(name) ? this.#message.fields.value(name) : undefined
  }

  /**
   * The same request with its payload.
   * @throws Fault SIGNATURE_INVALID when the signer did not sign this payload
   */
  withPayload(payload: Uint8Array): VerifiedRequest {
    const sha256 = payload.length === 0 ? noPayloadSha256 : sha256Of(payload)
    if (this.#digests) {
      if (!digestsMatch(this.#digests, payload, sha256)) throw digestMismatch()
    } else if (payload.length > 0) {
      throw new Fault('SIGNATURE_INVALID', {
        field: 'content-digest',
        detail: 'The request has a payload that its signature does not cover.',
      })
    }
    const { signature } = this
    return new VerifiedRequest(
      this.#message,
      this.#covered,
      this.#digests,
      signature,
      payload,
      sha256,
    )
  }
}
