import type { KeyObject } from 'node:crypto'
import type { BusSigner } from '../exchange/adapter.js'
import type { ReplySignature } from '../exchange/signers.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { strangerRsaSignaturesPerSecondMax } from '../limits/signatures.js'
import { createMqSigner } from './jws/sign-message.js'
import { createHttpSigner } from './http-signer.js'
import { createSoapSigner } from './wss/sign-message.js'

export interface BusKey {
  readonly privateKey: KeyObject
  /** DER. */
  readonly certificate: Uint8Array
  /** base64url SHA-256 of the DER. */
  readonly certificateThumbprint: string
}

/** What signs with this key, in each form. @throws Fault ALGORITHM_FORBIDDEN for a key that cannot */
export function createBusSigner(key: BusKey, now: () => Date): BusSigner {
  const { privateKey, certificate, certificateThumbprint } = key
  return {
    http: createHttpSigner({ privateKey, certificateThumbprint, now }),
    soap: createSoapSigner({ privateKey, certificate, now }),
    mq: createMqSigner({ privateKey, certificateThumbprint, now }),
  }
}

export interface ReplySignersSettings {
  readonly standard: BusSigner
  /** For those whose stacks verify RSA only; undefined where the bus has no such key. */
  readonly rsa: BusSigner | undefined
  /** What the registry says of a subsystem; undefined where it does not know it. */
  readonly replySignatureOf: (subsystem: SubsystemId) => ReplySignature | undefined
  readonly now: () => Date
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/**
 * Chooses the key by which a reply is signed. RSA is for those who ask: it would be the largest cost of
 * an exchange. The registry asks for a consumer. For a stranger, whose refusal should be readable too,
 * the signature that its message bears does, whether it is right or not; so that this costs no more than
 * it is worth, few of them a second are served.
 */
export class ReplySigners {
  readonly #settings: ReplySignersSettings
  readonly #missed = new Set<SubsystemId>()
  #second = 0
  #strangersInSecond = 0

  constructor(settings: ReplySignersSettings) {
    this.#settings = settings
  }

  get signsWithRsa(): boolean {
    return this.#settings.rsa !== undefined
  }

  /** See `AdapterTools.replySigner`. */
  replySigner(consumer: SubsystemId | undefined, claimsRsa: boolean): BusSigner {
    const { standard, rsa, replySignatureOf } = this.#settings
    if (consumer === undefined) return rsa && claimsRsa && this.#isAffordable() ? rsa : standard
    if (replySignatureOf(consumer) !== 'rsa') return standard
    if (!rsa) this.#warnOf(consumer)
    return rsa ?? standard
  }

  #isAffordable(): boolean {
    const second = Math.floor(this.#settings.now().getTime() / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#strangersInSecond = 0
    }
    this.#strangersInSecond += 1
    return this.#strangersInSecond <= strangerRsaSignaturesPerSecondMax
  }

  /** Once for each: the engineer should hear of it, and not of every exchange. */
  #warnOf(consumer: SubsystemId): void {
    if (this.#missed.has(consumer)) return
    this.#missed.add(consumer)
    this.#settings.warn('a consumer asks for RSA, and the bus has no rsaIdentity', { consumer })
  }
}
