import { ocspAskEveryMsMax } from '../limits/certificates.js'
import { ocspDigests, type OcspAnswer, type OcspDigest } from './ocsp-answer.js'

/** When each certificate is to be asked about, and by which digest its responder knows it. */
export class OcspSchedule {
  readonly #retryMs: number
  /** Milliseconds since 1970. */
  readonly #dueAt = new Map<string, number>()
  readonly #digests = new Map<string, OcspDigest>()

  /** @param retryMs - after a question in vain, milliseconds */
  constructor(retryMs: number) {
    this.#retryMs = retryMs
  }

  /**
   * Whether a certificate's time has come: at once for one that is new.
   * @param kept - an answer of its own authority that is in use, if there is one
   */
  isDue(thumbprint: string, kept: OcspAnswer | undefined, nowMs: number): boolean {
    let dueAt = this.#dueAt.get(thumbprint)
    if (dueAt === undefined) {
      // Another process, or this one before it was started anew, has asked: its turn is somewhere within the time.
      const isServed = kept !== undefined && kept.nextUpdate.getTime() > nowMs
      dueAt = isServed ? nowMs + Math.random() * pauseMs(kept, nowMs) : nowMs
      this.#dueAt.set(thumbprint, dueAt)
    }
    // A clock that was set back must not let it wait for longer than it was told to.
    return dueAt <= nowMs || dueAt - nowMs > 2 * Math.max(ocspAskEveryMsMax, this.#retryMs)
  }

  answered(
    thumbprint: string,
    { digest, nextUpdate }: { readonly digest: OcspDigest; readonly nextUpdate: Date },
    nowMs: number,
  ): void {
    this.#digests.set(thumbprint, digest)
    // Not all at one time again.
    const spread = 0.75 + Math.random() / 4
    this.#dueAt.set(thumbprint, nowMs + pauseMs({ nextUpdate }, nowMs) * spread)
  }

  failed(thumbprint: string, nowMs: number): void {
    this.#dueAt.set(thumbprint, nowMs + this.#retryMs)
  }

  /** Digests in the order in which a responder is asked by them. */
  digests(thumbprint: string): readonly OcspDigest[] {
    return this.#digests.get(thumbprint) === 'sha1' ? ocspDigests.toReversed() : ocspDigests
  }

  forgetOthers(thumbprints: ReadonlySet<string>): void {
    for (const map of [this.#dueAt, this.#digests]) {
      for (const thumbprint of map.keys()) if (!thumbprints.has(thumbprint)) map.delete(thumbprint)
    }
  }
}

/** Until a certificate is asked about again: soon enough to try more than once before its answer ends. */
function pauseMs({ nextUpdate }: { readonly nextUpdate: Date }, nowMs: number): number {
  return Math.min(ocspAskEveryMsMax, (nextUpdate.getTime() - nowMs) / 2)
}

/**
 * Answers that say nothing new are kept only when the one that is kept has used up two thirds of its time: each is a
 * new generation of the registry for all workers, and stays as evidence for ever.
 */
export function isWorthKeeping(
  { authority, status }: Pick<OcspAnswer, 'authority' | 'status'>,
  kept: OcspAnswer | undefined,
  nowMs: number,
): boolean {
  if (!kept || kept.authority !== authority || kept.status !== status) return true
  const [from, until] = [kept.thisUpdate.getTime(), kept.nextUpdate.getTime()]
  return nowMs > from + ((until - from) * 2) / 3
}
