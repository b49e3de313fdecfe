/** What the bench and its load generator tell each other. */

/** Whose signature the requests bear; PEM and thumbprint travel between our own processes only. */
export interface LoadSigner {
  readonly privateKeyPem: string
  readonly thumbprint: string
  /** Value of `X-Road-Client`. */
  readonly client: string
}

export interface LoadTarget {
  readonly url: string
  readonly connections: number
  readonly payloadBytes: number
  /** Without one the requests are plain, for the hops that check nothing. */
  readonly signer: LoadSigner | undefined
}

export type LoadOrder =
  | ({ readonly act: 'open' } & LoadTarget)
  /** Makes requests beforehand, so that the clock measures none of it. */
  | { readonly act: 'prepare'; readonly requests: number }
  /** A rate of 0 sends as fast as answers come. Resolves when the last answer is there. */
  | { readonly act: 'run'; readonly ratePerSecond: number; readonly timeMs: number }
  | { readonly act: 'close' }

/**
 * What came back. With a rate, latencies count from the moment a request was due and not from when
 * it could be sent, so that a stall is seen by all the requests that it held up.
 */
export interface LoadResult {
  readonly answered: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly seconds: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export type LoadAnswer = { readonly result: LoadResult | undefined } | { readonly error: string }
