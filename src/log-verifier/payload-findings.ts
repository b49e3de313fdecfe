import type { Row } from './copy-rows.js'
import type { Defect, Report } from './defect.js'
import { uuidText } from './entry-row.js'
import type { ErasedPayloads } from './erased-payloads.js'
import type { Finding } from './finding-text.js'
import { member, type EntryView } from './entry-view.js'
import { place } from './log-rows.store.js'
import type { PayloadRows, PayloadState } from './payload-row.js'

const findings: Partial<Record<PayloadState, Finding>> = {
  inserted: 'payload-inserted',
  missing: 'payload-missing',
}
const keptOfKeyMax = 1_000

/** Payloads of one data key that do not fit. */
interface OfKey {
  readonly idText: string
  readonly state: PayloadState
  /** The first of them. */
  readonly defects: Defect[]
  count: number
}

/**
 * Payloads that do not fit their entries. Where none fits that one data key encrypted, it is the key's row that was
 * changed; those that are gone may have been erased, for which an act answers.
 */
export class PayloadFindings {
  readonly #report: Report
  readonly #erased: ErasedPayloads
  readonly #byKey = new Map<string, OfKey>()
  unknowable = 0

  constructor(report: Report, erased: ErasedPayloads) {
    this.#report = report
    this.#erased = erased
  }

  take(state: PayloadState, log: string | undefined, row: Row, view: EntryView): void {
    if (state === 'unknowable') {
      this.unknowable += 1
      return
    }
    const id = uuidText(row.bytes, row.from(place.entryId))
    const index = row.big(place.index)
    const defect: Defect = {
      log,
      kind: state === 'inserted' ? 'inserted' : state === 'missing' ? 'missing' : 'changed',
      finding: findings[state] ?? 'payload-changed',
      table: 'message_log_payload',
      index: index < 0 ? undefined : index,
      row: `${id}/${row.small(place.part)}`,
    }
    if (state === 'inserted') this.#report(defect)
    else if (state === 'missing') {
      if (!this.#erased.take(view.text(member.service) ?? '', id, 'database')) this.#report(defect)
    } else this.#noteOfKey(row, state, defect)
  }

  /** Tells of what was found, once all payloads were looked at. */
  settle(payloads: PayloadRows): void {
    for (const [key, { idText, state, defects, count }] of this.#byKey) {
      const [first] = defects
      if (!first) continue
      const ofKey = {
        ...first,
        table: 'message_log_data_key',
        row: idText,
        details: { count },
      } as const
      if (state === 'key missing') {
        this.#report({ ...ofKey, kind: 'missing', finding: 'data-key-missing' })
      } else if (count > 1 && !payloads.isFitting(key)) {
        this.#report({ ...ofKey, finding: 'data-key-changed' })
      } else defects.forEach(this.#report)
    }
    this.#erased.settle(this.#report)
  }

  #noteOfKey(row: Row, state: PayloadState, defect: Defect): void {
    const key = row.key(place.dataKeyId)
    const known = this.#byKey.get(key)
    if (known) {
      known.count += 1
      if (known.defects.length < keptOfKeyMax) known.defects.push(defect)
    } else {
      const idText = uuidText(row.bytes, row.from(place.dataKeyId))
      this.#byKey.set(key, { idText, state, defects: [defect], count: 1 })
    }
  }
}
