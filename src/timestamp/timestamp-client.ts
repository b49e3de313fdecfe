import { timestampRetryMsMax } from '../limits/signed-data.js'
import { TimestampError } from './timestamp-error.js'
import { makeTimestampRequest } from './timestamp-request.js'
import { verifyResponse } from './verify-response.js'
import type { TimestampTrust } from './verify-token.js'

/** Whom timestamps can be had from. */
export interface TimestampSource {
  /** Its name in evidence, health and metrics. */
  readonly name: string
  /** Whether somebody else than the bus's operator runs it: only then does a stamp prove a time against him. */
  readonly isIndependent: boolean
  readonly trust: TimestampTrust
  /** Object identifier of the policy that is asked for and must be in the token; any by default. */
  readonly policy?: string | undefined
  /** Gives the answer's bytes to a request's. @throws for no answer */
  ask(query: Uint8Array, stop: AbortSignal): Promise<Uint8Array>
}

/** A timestamp that was made and verified. */
export interface Stamp {
  readonly source: TimestampSource
  /** DER. */
  readonly token: Buffer
  /** By the authority's clock. */
  readonly time: Date
  /** The authority as its certificate names it, most significant first. */
  readonly authority: string
}

/** How it goes with one source. */
export interface SourceState {
  readonly name: string
  readonly isIndependent: boolean
  /** Timestamps had from it, and attempts in vain, since the start. */
  readonly stamps: number
  readonly failures: number
  readonly lastStampAt: Date | undefined
  /** What went wrong with it the last time; undefined where all is well. */
  readonly trouble: string | undefined
  /** Before that it is not asked again. */
  readonly retryAt: Date | undefined
}

export interface TimestampClientOptions {
  /** Tried in this order. */
  readonly sources: readonly TimestampSource[]
  /** How long a source that failed is left alone the first time, milliseconds. */
  readonly retryMsMin: number
  /** Notes trouble for the engineer on call. */
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly now?: () => Date
}

/**
 * Gets timestamps from the first source that gives one. A source that failed is left alone for
 * a while, then for twice as long each time, so that one that hangs does not hold up every stamp; once it
 * gives one again all is forgotten.
 */
export class TimestampClient {
  readonly #sources: readonly Source[]
  readonly #warn: TimestampClientOptions['warn']
  readonly #now: () => Date

  constructor({ sources, retryMsMin, warn, now = () => new Date() }: TimestampClientOptions) {
    this.#sources = sources.map((source) => new Source(source, retryMsMin))
    this.#warn = warn
    this.#now = now
  }

  /**
   * A verified timestamp over `data`.
   * @param stop - gives up
   * @throws TimestampError unreachable, where no source gives one now
   */
  async stamp(data: Uint8Array, stop: AbortSignal): Promise<Stamp> {
    const troubles: string[] = []
    for (const source of this.#sources) {
      const { name } = source.source
      if (!source.isDue(this.#now())) {
        troubles.push(`${name}: ${source.trouble} (asked again later)`)
        continue
      }
      try {
        const stamp = await this.#stampBy(source.source, data, stop)
        source.succeeded(this.#now())
        return stamp
      } catch (error) {
        stop.throwIfAborted()
        const trouble = error instanceof Error ? error.message : String(error)
        source.failed(trouble, this.#now())
        troubles.push(`${name}: ${trouble}`)
        this.#warn('timestamp.failed', { authority: name, trouble, retryAt: source.retryAt })
      }
    }
    throw new TimestampError('unreachable', `No authority stamps now. ${troubles.join(' ')}`)
  }

  state(): SourceState[] {
    return this.#sources.map((source) => source.state())
  }

  async #stampBy(source: TimestampSource, data: Uint8Array, stop: AbortSignal): Promise<Stamp> {
    const { trust, policy } = source
    const { der, nonce } = makeTimestampRequest(data, policy)
    const response = await source.ask(der, stop)
    const receivedAt = this.#now()
    const answer = { response, data, nonce, policy, trust, receivedAt }
    const { token, time, certificate } = verifyResponse(answer)
    return { source, token, time, authority: certificate.subject.text }
  }
}

/** One source and what is remembered of it. */
class Source {
  readonly source: TimestampSource
  trouble: string | undefined
  retryAt: Date | undefined
  readonly #retryMsMin: number
  #pauseMs = 0
  #stamps = 0
  #failures = 0
  #lastStampAt: Date | undefined

  constructor(source: TimestampSource, retryMsMin: number) {
    this.source = source
    this.#retryMsMin = retryMsMin
  }

  isDue(now: Date): boolean {
    // A clock that was set back must not keep it waiting for longer than it was told to.
    const leftMs = (this.retryAt?.getTime() ?? 0) - now.getTime()
    return leftMs <= 0 || leftMs > this.#pauseMs
  }

  succeeded(now: Date): void {
    this.#stamps += 1
    this.#lastStampAt = now
    this.#pauseMs = 0
    this.trouble = undefined
    this.retryAt = undefined
  }

  failed(trouble: string, now: Date): void {
    this.#failures += 1
    this.#pauseMs = Math.min(2 * this.#pauseMs || this.#retryMsMin, timestampRetryMsMax)
    this.trouble = trouble
    this.retryAt = new Date(now.getTime() + this.#pauseMs)
  }

  state(): SourceState {
    const { name, isIndependent } = this.source
    return {
      ...{ name, isIndependent, stamps: this.#stamps, failures: this.#failures },
      ...{ lastStampAt: this.#lastStampAt, trouble: this.trouble, retryAt: this.retryAt },
    }
  }
}
