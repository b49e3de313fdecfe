import type { Erasure } from './archive-rows.store.js'
import type { Row } from './copy-rows.js'
import type { Defect, Report } from './defect.js'
import { uuidText } from './entry-row.js'
import type { Finding } from './finding-text.js'
import { member, type EntryView } from './entry-view.js'
import { place } from './log-rows.store.js'
import type { PayloadRows, PayloadState } from './payload-row.js'

const goneMax = 100_000
const findings: Partial<Record<PayloadState, Finding>> = {
  inserted: 'payload-inserted',
  missing: 'payload-missing',
}
const keptOfKeyMax = 1_000

interface GonePayload {
  readonly service: string
  readonly id: string
  readonly defect: Defect
}

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
  readonly #erasures: readonly Erasure[]
  readonly #byKey = new Map<string, OfKey>()
  unknowable = 0
  erased = 0
  #gone: GonePayload[] = []

  /** @param erasures - those that are known already; what they name is not kept in mind */
  constructor(report: Report, erasures: readonly Erasure[]) {
    this.#report = report
    this.#erasures = erasures
  }

  get hasGone(): boolean {
    return this.#gone.length > 0
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
    else if (state === 'missing')
      this.#noteGone({ service: view.text(member.service) ?? '', id, defect })
    else this.#noteOfKey(row, state, defect)
  }

  /** Tells of what was found, once all payloads were looked at. */
  settle(payloads: PayloadRows, erasures: readonly Erasure[]): void {
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
    for (const gone of this.#gone) {
      if (isErased(gone, erasures)) this.erased += 1
      else this.#report(gone.defect)
    }
    this.#gone = []
  }

  #noteGone(gone: GonePayload): void {
    if (isErased(gone, this.#erasures)) this.erased += 1
    else if (this.#gone.length < goneMax) this.#gone.push(gone)
    else this.#report(gone.defect)
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

function isErased({ service, id }: GonePayload, erasures: readonly Erasure[]): boolean {
  return erasures.some(
    (each) => each.service === service && each.fromId <= id && id < each.beforeId,
  )
}
