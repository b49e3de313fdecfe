/** What the bench of queues and its two processes tell each other; keys and passwords travel between our own only. */

/**
 * Plain RPC without a bus, and through something that hands it on and does nothing else; request and reply through the
 * bus, a one-way message until its sender has the notice.
 */
export const mqKinds = ['plain', 'relayed', 'request', 'message'] as const
export type MqKind = (typeof mqKinds)[number]

export function isThroughBus(kind: MqKind): boolean {
  return kind === 'request' || kind === 'message'
}

/** A consumer's subsystem at the broker. */
export interface MqConsumer {
  readonly subsystem: string
  /** Of its own user. */
  readonly url: string
  readonly privateKeyPem: string
  /** base64url SHA-256 of its certificate's DER. */
  readonly thumbprint: string
}

/** Queues of plain RPC: one for requests, one for those that are handed on to it, and of replies one a client. */
export interface PlainQueues {
  readonly url: string
  readonly relayed: string
  readonly requests: string
  readonly replies: readonly string[]
}

/** The provider's process: answers plain requests and those of the bus alike, and takes messages. */
export interface MqProviderOrder {
  readonly plain: PlainQueues
  readonly url: string
  readonly subsystem: string
}

export type MqLoadOrder =
  | {
      readonly act: 'open'
      readonly plain: PlainQueues
      readonly consumers: readonly MqConsumer[]
      readonly busCertificatePem: string
    }
  /** Signs beforehand, so that the clock measures none of it. */
  | {
      readonly act: 'prepare'
      readonly kind: MqKind
      /** That is asked for; of plain RPC nothing. */
      readonly service: string
      readonly text: string
      readonly messages: number
    }
  /** Sends as fast as answers come. Resolves when the last one is there. */
  | { readonly act: 'run'; readonly inFlight: number; readonly timeMs: number }

export interface MqRunFigures {
  /** Replies, or notices that a message is delivered. */
  readonly answered: number
  /** Whatever else came back, by its type. */
  readonly others: Readonly<Record<string, number>>
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface MqLoadResult extends MqRunFigures {
  /** Answers of a sample whose signature of the bus was verified, once the clock had stopped, and how many were not right. */
  readonly verified: number
  readonly unverified: number
}
