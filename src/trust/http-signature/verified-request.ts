import { Fault } from '../../exchange/fault.js'
import type {
  UnreadHttpRequest,
  VerifiedHttpHead,
  VerifiedHttpRequest,
} from '../../exchange/http-content.js'
import type { VerifiedSignature } from '../../exchange/verified-signature.js'
import { digestMismatch, digestsMatch, sha256Of, type ContentDigests } from './content-digest.js'
import type { RequestMessage } from './message.js'
import { pathOf, queryOf } from './signature-base.js'

const noPayloadSha256 = sha256Of(Buffer.alloc(0))

/** What a verified signature covers of a head. */
class VerifiedParts implements VerifiedHttpHead {
  readonly format = 'http'

  constructor(
    readonly message: RequestMessage,
    protected readonly covered: ReadonlySet<string>,
    readonly signature: VerifiedSignature,
  ) {}

  get method(): string {
    return this.message.method
  }

  get path(): string {
    return pathOf(this.message.target)
  }

  get query(): string | undefined {
    const query = queryOf(this.message.target)
    // `@query` of an absent and of an empty query are the same (RFC 9421 §2.2.7), so a signature over
    // it does not say which of them was signed.
    return query === '' && !this.covered.has('@target-uri') ? undefined : query
  }

  header(name: string): string | undefined {
    return this.covered.has(name) ? this.message.fields.value(name) : undefined
  }
}

/**
 * The message that a verified request was read from, with what its signature fields were read as; undefined for
 * what was not verified here. For signing alone: what is not covered must not be read for anything else.
 */
export function verifiedMessageOf(verified: object | undefined): RequestMessage | undefined {
  return verified instanceof VerifiedParts ? verified.message : undefined
}

/** A request of which the head is verified and the payload not read yet. */
export class UnreadRequest extends VerifiedParts implements UnreadHttpRequest {
  readonly #digests: ContentDigests | undefined

  constructor(
    message: RequestMessage,
    covered: ReadonlySet<string>,
    signature: VerifiedSignature,
    digests: ContentDigests | undefined,
  ) {
    super(message, covered, signature)
    this.#digests = digests
  }

  withPayload(payload: Uint8Array): VerifiedHttpRequest {
    const sha256 = payload.length === 0 ? noPayloadSha256 : sha256Of(payload)
    if (this.#digests) {
      if (!digestsMatch(this.#digests, payload, sha256)) throw digestMismatch()
    } else if (payload.length > 0) {
      throw new Fault('SIGNATURE_INVALID', {
        field: 'content-digest',
        detail: 'The request has a payload that its signature does not cover.',
      })
    }
    return new VerifiedRequest(this.message, this.covered, this.signature, payload, sha256)
  }
}

class VerifiedRequest extends VerifiedParts implements VerifiedHttpRequest {
  constructor(
    message: RequestMessage,
    covered: ReadonlySet<string>,
    signature: VerifiedSignature,
    readonly payload: Uint8Array,
    readonly payloadSha256: Uint8Array,
  ) {
    super(message, covered, signature)
  }
}
