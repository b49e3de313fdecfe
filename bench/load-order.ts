import type { RunFigures } from './load-run.js'

/** What the bench and its load generator tell each other. */

/** Whose signature the requests bear; the key travels between our own processes only. */
export interface LoadSigner {
  readonly privateKeyPem: string
  readonly certificatePem: string
  /** The consumer's subsystem. */
  readonly client: string
}

export type LaneName = 'rest' | 'soap'

export interface LoadTarget {
  readonly lane: LaneName
  readonly url: string
  /** The service that is asked for, with its version. */
  readonly service: string
  readonly connections: number
  readonly payloadBytes: number
  /** In place of a text of so many bytes; what is answered has as many. */
  readonly payloadText?: string
  /** Without one the requests are plain, for the hops that check nothing. */
  readonly signer: LoadSigner | undefined
  /** PEM of the certificate whose signature the replies must bear; without it none is verified. */
  readonly busCertificatePem: string | undefined
}

export type LoadOrder =
  | ({ readonly act: 'open' } & LoadTarget)
  /** Makes requests beforehand, so that the clock measures none of it. */
  | { readonly act: 'prepare'; readonly requests: number }
  /**
   * A rate of 0 sends as fast as answers come. Resolves when the last answer is there; fails where one of
   * a sample of replies does not bear the bus's signature, or answers something else.
   */
  | { readonly act: 'run'; readonly ratePerSecond: number; readonly timeMs: number }
  | { readonly act: 'close' }

/** What came back. */
export interface LoadResult extends RunFigures {
  /** Replies whose signature was verified, once the clock had stopped. */
  readonly verified: number
  /** Of one request, without the HTTP head. */
  readonly messageBytes: number
}

export type LoadAnswer = { readonly result: LoadResult | undefined } | { readonly error: string }
