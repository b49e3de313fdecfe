import { createHash } from 'node:crypto'
import type { Authority } from './authority.js'
import { fetchRevocationList } from './fetch-revocation-list.js'
import { defaultLimits } from '../limits/default-limits.js'
import type { ReadRevocationList, RevocationList, RevocationListFacts } from './revocation-list.js'

export interface RevocationListRefreshSettings {
  /** The authorities accepted now. May throw where that is not known; the next turn asks again. */
  readonly authorities: () => readonly Authority[]
  readonly store: {
    keepIfNewer(list: RevocationList, facts: RevocationListFacts): Promise<boolean>
  }
  readonly readRevocationList: ReadRevocationList
  /** Time between two turns, milliseconds. */
  readonly everyMs?: number
  readonly now?: () => Date
  /** Notes trouble for the engineer on call. */
  readonly warn?: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** How the last turn went for one authority. */
export interface RevocationListState {
  readonly authority: string
  readonly source: string
  readonly checkedAt: Date
  /** `kept`: a newer list is in use now. */
  readonly outcome: 'kept' | 'unchanged' | 'failed'
  /** Until when the list that was fetched says it holds. */
  readonly nextUpdate: Date | undefined
  readonly trouble: string | undefined
}

/**
 * Fetches the revocation lists of all accepted authorities, again and again; one process of a node
 * runs it. A source that fails is reported and asked again in the next turn: until its list expires
 * nothing else happens, and then the trust module refuses that authority's certificates.
 */
export class RevocationListRefresh {
  readonly #settings: RevocationListRefreshSettings
  readonly #states = new Map<string, RevocationListState>()
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(settings: RevocationListRefreshSettings) {
    this.#settings = settings
  }

  /** Begins the turns, the first one at once. */
  start(): void {
    this.#turn = this.refresh().finally(() => {
      if (this.#closed) return
      this.#timer = setTimeout(
        () => this.start(),
        this.#settings.everyMs ?? defaultLimits.revocationRefreshEveryMs,
      )
    })
  }

  /** One turn now. Never rejects. */
  async refresh(): Promise<RevocationListState[]> {
    const sources = this.#publishing()
    const names = new Set(sources.map(({ name }) => name))
    for (const name of this.#states.keys()) if (!names.has(name)) this.#states.delete(name)
    return Promise.all(sources.map((authority) => this.#refreshOne(authority)))
  }

  /** For health: the last turn, one line an authority. */
  state(): RevocationListState[] {
    return [...this.#states.values()]
  }

  /** Ends the turns. Resolves when the one in progress has ended. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#turn
  }

  #publishing(): (Authority & { readonly crl: string })[] {
    try {
      return this.#settings
        .authorities()
        .filter((each): each is Authority & { readonly crl: string } => each.crl !== undefined)
        .filter(({ status }) => status === 'accepted')
    } catch {
      return []
    }
  }

  async #refreshOne(authority: Authority & { readonly crl: string }): Promise<RevocationListState> {
    const { name, crl: source } = authority
    const checkedAt = this.#settings.now?.() ?? new Date()
    const base = { authority: name, source, checkedAt }
    let state: RevocationListState
    try {
      state = { ...base, ...(await this.#fetch(authority)), trouble: undefined }
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error)
      const { nextUpdate } = this.#states.get(name) ?? {}
      state = { ...base, outcome: 'failed', nextUpdate, trouble }
      this.#settings.warn?.('revocation-list-failed', { authority: name, source, error: trouble })
    }
    this.#states.set(name, state)
    return state
  }

  async #fetch({
    der: authorityDer,
    thumbprint,
    crl,
  }: Authority & { readonly crl: string }): Promise<
    Pick<RevocationListState, 'outcome' | 'nextUpdate'>
  > {
    const der = await fetchRevocationList(crl)
    const facts = this.#settings.readRevocationList(der, authorityDer)
    const { nextUpdate } = facts
    const digest = createHash('sha256').update(der).digest('base64url')
    const kept = await this.#settings.store.keepIfNewer(
      { authority: thumbprint, digest, der },
      facts,
    )
    return { outcome: kept ? 'kept' : 'unchanged', nextUpdate }
  }
}
