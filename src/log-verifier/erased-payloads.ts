import type { Report } from './defect.js'
import type { Erasure } from './erasures.js'

/** Where it was seen that a payload is gone: an entry of the last archive may be in both. */
export type SeenIn = 'database' | 'files'

interface Counted {
  readonly said: Erasure
  readonly gone: Record<SeenIn, number>
}

/** Payloads that are gone, as far as acts in the audit log answer for that. */
export class ErasedPayloads {
  /** By service; few days have had one at a time, so a list will do. */
  readonly #byService = new Map<string, Counted[]>()
  /** In the database. */
  count = 0

  constructor(erasures: readonly Erasure[]) {
    for (const said of erasures) {
      const known = this.#byService.get(said.service) ?? []
      this.#byService.set(said.service, [...known, { said, gone: { database: 0, files: 0 } }])
    }
  }

  /** Counts a payload that is gone. @returns false where no act answers for it */
  take(service: string, exchangeId: string, seenIn: SeenIn): boolean {
    const covering = (this.#byService.get(service) ?? []).filter(
      ({ said }) => said.fromId <= exchangeId && exchangeId < said.beforeId,
    )
    // A day may be erased in several goes.
    const found = covering.find(({ said, gone }) => gone[seenIn] < said.payloads) ?? covering[0]
    if (!found) return false
    found.gone[seenIn] += 1
    if (seenIn === 'database') this.count += 1
    return true
  }

  /** Tells of acts for which more is gone than they say. */
  settle(report: Report): void {
    for (const [service, each] of this.#byService) {
      for (const { said, gone: counted } of each) {
        const gone = Math.max(counted.database, counted.files)
        if (gone <= said.payloads) continue
        report({
          log: undefined,
          kind: 'missing',
          finding: 'payload-erased-more',
          table: 'message_log_payload',
          index: undefined,
          row: `act ${said.actId}, service ${service}`,
          details: { gone, said: said.payloads },
        })
      }
    }
  }
}
