import { Fault } from '../../exchange/fault.js'
import type {
  UnreadMqRequest,
  VerifiedMqHead,
  VerifiedMqRequest,
} from '../../exchange/mq-content.js'
import type { VerifiedSignature } from '../../exchange/verified-signature.js'
import { sha256Of } from '../http-signature/content-digest.js'
import type { MqEnvelope } from './protected-header.js'
import type { VerifiedMessage } from './verify-message.js'

/** What a verified signature says of a message, and nothing else of it. */
class VerifiedParts implements VerifiedMqHead {
  readonly format = 'mq'
  readonly contentType: string | undefined
  readonly signature: VerifiedSignature
  protected readonly message: VerifiedMessage
  readonly #envelope: MqEnvelope

  constructor(
    message: VerifiedMessage,
    readonly recipient: number,
  ) {
    this.message = message
    this.contentType = message.contentType
    this.signature = message.signature
    this.#envelope = message.envelope
  }

  text(name: string): string | undefined {
    const value = this.#envelope.get(name)
    return typeof value === 'string' ? value : undefined
  }

  integer(name: string): number | undefined {
    const value = this.#envelope.get(name)
    return typeof value === 'number' ? value : undefined
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#envelope.get(name)
    return typeof value === 'object' ? value : undefined
  }
}

/** A message of which the signature proved right. It covers the body, which was there with it. */
export class UnreadRequest extends VerifiedParts implements UnreadMqRequest {
  readonly #payload: Uint8Array

  constructor(message: VerifiedMessage, recipient: number, payload: Uint8Array) {
    super(message, recipient)
    this.#payload = payload
  }

  withPayload(bytesMax: number): VerifiedMqRequest {
    if (this.#payload.length > bytesMax) throw new Fault('PAYLOAD_TOO_LARGE')
    return new VerifiedRequest(this.message, this.recipient, this.#payload)
  }
}

class VerifiedRequest extends VerifiedParts implements VerifiedMqRequest {
  readonly payloadSha256: Uint8Array

  constructor(
    message: VerifiedMessage,
    recipient: number,
    readonly payload: Uint8Array,
  ) {
    super(message, recipient)
    this.payloadSha256 = sha256Of(payload)
  }
}
