import {
  defaultLimits,
  ocspAnswersPerWriteMax,
  ocspAskedAtOnceMax,
  ocspAskEveryMsMax,
  ocspSilencesMax,
} from '../limits.js'
import { askResponder, ResponderSilent } from './ask-responder.js'
import { ocspDigests, type OcspAnswer, type OcspDigest, type OcspSubjectOf } from './ocsp-answer.js'
import type { NewOcspAnswer } from './ocsp-answer.store.js'
import { OcspSubjects, type Asked, type OcspRegistry } from './ocsp-subjects.js'

export interface OcspRefreshSettings {
  readonly registry: {
    /** May throw where the registry is not known; the next turn asks again. */
    readonly current: OcspRegistry
    onChange(listener: () => void): () => void
  }
  readonly store: { keepIfNewer(answers: readonly NewOcspAnswer[]): Promise<number> }
  readonly subjectOf: OcspSubjectOf
  /** Time between two turns, milliseconds. */
  readonly everyMs?: number
  readonly now?: () => Date
  /** Notes trouble for the engineer on call. */
  readonly warn?: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** An authority that gives no usable answer about some certificate. */
export interface OcspTrouble {
  readonly authority: string
  /** Certificates without an answer in their last turn. */
  readonly certificates: number
  /** Why the first of them has none. */
  readonly trouble: string
}

/** What one turn remembers of responders. */
type Silences = Map<string, number>

/**
 * Asks OCSP responders about the certificates that the bus may meet, before anybody signs with them; one process of
 * a node runs it. A certificate that is new is asked about at once, the others now and then, spread over time. Where
 * a responder fails its last answer serves until its end; then the authority's policy says what becomes of its
 * certificates.
 */
export class OcspRefresh {
  readonly #settings: OcspRefreshSettings
  readonly #subjects: OcspSubjects
  /** When each certificate is due, milliseconds since 1970. */
  readonly #dueAt = new Map<string, number>()
  readonly #troubles = new Map<string, { readonly authority: string; readonly text: string }>()
  /** The digest by which a responder knew a certificate the last time. */
  readonly #digests = new Map<string, OcspDigest>()
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #isWoken = false
  #wake: () => void = () => undefined

  constructor(settings: OcspRefreshSettings) {
    this.#settings = settings
    this.#subjects = new OcspSubjects(settings.subjectOf)
  }

  /** Begins the turns: the first at once, further ones on time and whenever the registry changes. */
  start(): void {
    const stop = this.#settings.registry.onChange(() => {
      this.#isWoken = true
      this.#wake()
    })
    this.#stopping.signal.addEventListener('abort', () => {
      stop()
      this.#wake()
    })
    this.#running = this.#run()
  }

  /** One turn now: asks about every certificate that is due. Never rejects. @returns how many answers were kept */
  async refresh(): Promise<number> {
    const silences: Silences = new Map()
    let kept = 0
    try {
      // Looked at anew after each batch, so that a certificate that is new does not wait for thousands of others.
      while (!this.#stopping.signal.aborted) {
        const due = await this.#due(silences)
        if (due.length === 0) break
        kept += await this.#askAll(due.slice(0, ocspAnswersPerWriteMax), silences)
      }
    } catch (error) {
      this.#settings.warn?.('ocsp-turn-failed', { error: messageOf(error) })
    }
    return kept
  }

  /** For health: authorities with certificates about which there was no answer the last time. */
  troubles(): OcspTrouble[] {
    const byAuthority = new Map<string, OcspTrouble>()
    for (const { authority, text } of this.#troubles.values()) {
      const known = byAuthority.get(authority)
      const certificates = (known?.certificates ?? 0) + 1
      byAuthority.set(authority, { authority, certificates, trouble: known?.trouble ?? text })
    }
    return [...byAuthority.values()]
  }

  /** Ends the turns. Resolves when the one in progress has ended. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const everyMs = this.#settings.everyMs ?? defaultLimits.revocationRefreshEveryMs
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false
      await this.refresh()
      if (this.#isWoken || this.#stopping.signal.aborted) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  #now(): Date {
    return this.#settings.now?.() ?? new Date()
  }

  /** Certificates whose time has come, those without an answer first, and then those whose answer ends first. */
  async #due(silences: Silences): Promise<Asked[]> {
    const registry = this.#registry()
    if (!registry) return []
    const all = await this.#subjects.of(registry)
    this.#forgetOthers(new Set(all.map(({ thumbprint }) => thumbprint)))
    const nowMs = this.#now().getTime()
    const endOf = ({ thumbprint }: Asked): number =>
      registry.ocspAnswers.get(thumbprint)?.nextUpdate.getTime() ?? 0
    return all
      .filter(({ subject }) => (silences.get(subject.authority.thumbprint) ?? 0) < ocspSilencesMax)
      .filter((each) => this.#isDue(each, registry.ocspAnswers.get(each.thumbprint), nowMs))
      .sort((one, other) => endOf(one) - endOf(other))
  }

  #registry(): OcspRegistry | undefined {
    try {
      return this.#settings.registry.current
    } catch {
      return undefined
    }
  }

  #forgetOthers(thumbprints: ReadonlySet<string>): void {
    for (const map of [this.#dueAt, this.#troubles, this.#digests]) {
      for (const thumbprint of map.keys()) if (!thumbprints.has(thumbprint)) map.delete(thumbprint)
    }
  }

  #isDue({ thumbprint, subject }: Asked, kept: OcspAnswer | undefined, nowMs: number): boolean {
    let dueAt = this.#dueAt.get(thumbprint)
    if (dueAt === undefined) {
      // Another process, or this one before it was started anew, has asked: its turn is somewhere within the time.
      const isServed =
        kept?.authority === subject.authority.thumbprint && kept.nextUpdate.getTime() > nowMs
      dueAt = isServed ? nowMs + Math.random() * pauseMs(kept, nowMs) : nowMs
      this.#dueAt.set(thumbprint, dueAt)
    }
    // A clock that was set back must not let it wait for longer than it was told to.
    return dueAt <= nowMs || dueAt - nowMs > 2 * ocspAskEveryMsMax
  }

  async #askAll(batch: readonly Asked[], silences: Silences): Promise<number> {
    const waiting = [...batch]
    const answers: NewOcspAnswer[] = []
    let kept = 0
    const work = async (): Promise<void> => {
      for (let asked = waiting.shift(); asked; asked = waiting.shift()) {
        if (this.#stopping.signal.aborted) return
        const answer = await this.#askOne(asked, silences)
        if (!answer) continue
        if (answer.status === 'good') answers.push(answer)
        // Bad news does not wait for the others.
        else kept += await this.#settings.store.keepIfNewer([answer])
      }
    }
    await Promise.all(Array.from({ length: ocspAskedAtOnceMax }, work))
    return kept + (answers.length > 0 ? await this.#settings.store.keepIfNewer(answers) : 0)
  }

  /** @returns an answer that is worth keeping */
  async #askOne(asked: Asked, silences: Silences): Promise<NewOcspAnswer | undefined> {
    const { thumbprint, subject } = asked
    const { authority } = subject
    const silencesOf = (): number => silences.get(authority.thumbprint) ?? 0
    if (silencesOf() >= ocspSilencesMax) return undefined
    try {
      const { digest, ...answer } = await askResponder(asked, this.#order(thumbprint), () =>
        this.#now(),
      )
      const nowMs = this.#now().getTime()
      silences.set(authority.thumbprint, 0)
      this.#digests.set(thumbprint, digest)
      this.#troubles.delete(thumbprint)
      // Not all at one time again.
      const spread = 0.75 + Math.random() / 4
      this.#dueAt.set(thumbprint, nowMs + pauseMs(answer, nowMs) * spread)
      const known = this.#registry()?.ocspAnswers.get(thumbprint)
      const found = { certificate: thumbprint, authority: authority.thumbprint, ...answer }
      return isWorthKeeping(found, known, nowMs) ? found : undefined
    } catch (error) {
      if (error instanceof ResponderSilent) {
        silences.set(authority.thumbprint, silencesOf() + 1)
      }
      this.#failed(asked, messageOf(error))
      return undefined
    }
  }

  #order(thumbprint: string): readonly OcspDigest[] {
    return this.#digests.get(thumbprint) === 'sha1' ? ocspDigests.toReversed() : ocspDigests
  }

  #failed({ thumbprint, subject }: Asked, text: string): void {
    const { name, ocsp } = subject.authority
    const everyMs = this.#settings.everyMs ?? defaultLimits.revocationRefreshEveryMs
    const isNews = this.#troubles.get(thumbprint)?.text !== text
    this.#dueAt.set(thumbprint, this.#now().getTime() + everyMs)
    this.#troubles.set(thumbprint, { authority: name, text })
    if (!isNews) return
    const details = { authority: name, source: ocsp, certificate: thumbprint, error: text }
    this.#settings.warn?.('ocsp-failed', details)
  }
}

/** Until a certificate is asked about again: soon enough to try more than once before its answer ends. */
function pauseMs({ nextUpdate }: Pick<OcspAnswer, 'nextUpdate'>, nowMs: number): number {
  return Math.min(ocspAskEveryMsMax, (nextUpdate.getTime() - nowMs) / 2)
}

/**
 * Answers that say nothing new are kept only when the one that is kept has used up two thirds of its time: each is a
 * new generation of the registry for all workers, and stays as evidence for ever.
 */
function isWorthKeeping(
  { authority, status }: NewOcspAnswer,
  kept: OcspAnswer | undefined,
  nowMs: number,
): boolean {
  if (!kept || kept.authority !== authority || kept.status !== status) return true
  const [from, until] = [kept.thisUpdate.getTime(), kept.nextUpdate.getTime()]
  return nowMs > from + ((until - from) * 2) / 3
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
