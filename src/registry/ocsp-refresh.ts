import {
  ocspAnswersPerWriteMax,
  ocspAskedAtOnceMax,
  ocspSilencesMax,
} from '../limits/certificates.js'
import { defaultLimits } from '../limits/default-limits.js'
import { askResponder, ResponderSilent } from './ask-responder.js'
import type { OcspSubjectOf } from './ocsp-answer.js'
import type { NewOcspAnswer } from './ocsp-answer.store.js'
import { isWorthKeeping, OcspSchedule } from './ocsp-schedule.js'
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

/** Questions in vain in one turn, by responder. */
type Silences = Map<string, number>

/**
 * Asks OCSP responders about the certificates that the bus may meet, before anybody signs with them; one process of
 * a node runs it. A certificate that is new is asked about at once, the others now and then, spread over time. Where
 * a responder fails its last answer serves until its end; then the authority's policy says what becomes of its
 * certificates.
 */
export class OcspRefresh {
  readonly #settings: OcspRefreshSettings
  readonly #everyMs: number
  readonly #subjects: OcspSubjects
  readonly #schedule: OcspSchedule
  readonly #troubles = new Map<string, { readonly authority: string; readonly text: string }>()
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #timesWoken = 0
  #wake: () => void = () => undefined

  constructor(settings: OcspRefreshSettings) {
    this.#settings = settings
    this.#everyMs = settings.everyMs ?? defaultLimits.revocationRefreshEveryMs
    this.#subjects = new OcspSubjects(settings.subjectOf)
    this.#schedule = new OcspSchedule(this.#everyMs)
  }

  /** Begins the turns: the first at once, further ones on time and whenever the registry changes. */
  start(): void {
    const stop = this.#settings.registry.onChange(() => {
      this.#timesWoken += 1
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
    // Looked at anew after each batch, so that a certificate that is new does not wait for thousands of others.
    while (!this.#isStopping) {
      const due = await this.#due(silences)
      if (due.length === 0) break
      kept += await this.#askAll(due.slice(0, ocspAnswersPerWriteMax), silences)
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

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const before = this.#timesWoken
      await this.refresh()
      // Woken meanwhile: look again at once.
      if (this.#timesWoken === before) await this.#pause()
    }
  }

  #pause(): Promise<void> {
    if (this.#isStopping) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#everyMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #nowMs(): number {
    return this.#now().getTime()
  }

  #now(): Date {
    return this.#settings.now?.() ?? new Date()
  }

  #registry(): OcspRegistry | undefined {
    try {
      return this.#settings.registry.current
    } catch {
      return undefined
    }
  }

  /** Certificates whose time has come, those without an answer first, and then those whose answer ends first. */
  async #due(silences: Silences): Promise<Asked[]> {
    const registry = this.#registry()
    if (!registry) return []
    const all = await this.#subjects.of(registry)
    this.#forgetOthers(new Set(all.map(({ thumbprint }) => thumbprint)))
    const nowMs = this.#nowMs()
    const endOf = ({ thumbprint }: Asked): number =>
      registry.ocspAnswers.get(thumbprint)?.nextUpdate.getTime() ?? 0
    return all
      .filter(({ thumbprint, subject }) => {
        const { thumbprint: authority } = subject.authority
        if ((silences.get(authority) ?? 0) >= ocspSilencesMax) return false
        const kept = registry.ocspAnswers.get(thumbprint)
        const own = kept?.authority === authority ? kept : undefined
        return this.#schedule.isDue(thumbprint, own, nowMs)
      })
      .sort((one, other) => endOf(one) - endOf(other))
  }

  #forgetOthers(thumbprints: ReadonlySet<string>): void {
    this.#schedule.forgetOthers(thumbprints)
    for (const thumbprint of this.#troubles.keys()) {
      if (!thumbprints.has(thumbprint)) this.#troubles.delete(thumbprint)
    }
  }

  async #askAll(batch: readonly Asked[], silences: Silences): Promise<number> {
    const waiting = [...batch]
    const answers: NewOcspAnswer[] = []
    let kept = 0
    const work = async (): Promise<void> => {
      for (let asked = waiting.shift(); asked; asked = waiting.shift()) {
        if (this.#isStopping) return
        const answer = await this.#askOne(asked, silences)
        if (!answer) continue
        if (answer.status === 'good') answers.push(answer)
        // Bad news does not wait for the others.
        else kept += await this.#keep([answer])
      }
    }
    await Promise.all(Array.from({ length: ocspAskedAtOnceMax }, work))
    return kept + (await this.#keep(answers))
  }

  /** @returns an answer that is worth keeping */
  async #askOne(asked: Asked, silences: Silences): Promise<NewOcspAnswer | undefined> {
    const { thumbprint, subject } = asked
    const { thumbprint: authority } = subject.authority
    const silencesOf = (): number => silences.get(authority) ?? 0
    if (silencesOf() >= ocspSilencesMax) return undefined
    try {
      const digests = this.#schedule.digests(thumbprint)
      const { digest, ...answer } = await askResponder(asked, digests, () => this.#now())
      const nowMs = this.#nowMs()
      silences.set(authority, 0)
      this.#troubles.delete(thumbprint)
      this.#schedule.answered(thumbprint, { digest, nextUpdate: answer.nextUpdate }, nowMs)
      const found = { certificate: thumbprint, authority, ...answer }
      const known = this.#registry()?.ocspAnswers.get(thumbprint)
      return isWorthKeeping(found, known, nowMs) ? found : undefined
    } catch (error) {
      if (error instanceof ResponderSilent) silences.set(authority, silencesOf() + 1)
      this.#failed(asked, messageOf(error))
      return undefined
    }
  }

  /** Answers that cannot be kept are asked for anew. */
  async #keep(answers: readonly NewOcspAnswer[]): Promise<number> {
    if (answers.length === 0) return 0
    try {
      return await this.#settings.store.keepIfNewer(answers)
    } catch (error) {
      const nowMs = this.#nowMs()
      for (const { certificate } of answers) this.#schedule.failed(certificate, nowMs)
      this.#settings.warn?.('ocsp-answers-not-kept', { error: messageOf(error) })
      return 0
    }
  }

  #failed({ thumbprint, subject }: Asked, text: string): void {
    const { name, ocsp } = subject.authority
    const isNews = this.#troubles.get(thumbprint)?.text !== text
    this.#schedule.failed(thumbprint, this.#nowMs())
    this.#troubles.set(thumbprint, { authority: name, text })
    if (!isNews) return
    const details = { authority: name, source: ocsp, certificate: thumbprint, error: text }
    this.#settings.warn?.('ocsp-failed', details)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
