import { checkAttestation, type AttestationParts } from './attestation-row.js'
import type { Report } from './defect.js'
import { readCheckpoint } from './signed-note.js'
import type { AttestationRow, CheckpointRow } from './tree-rows.store.js'

/** Cosignatures and time-stamps of one log's checkpoints. */
export class AttestedLog {
  readonly #log: string
  readonly #parts: AttestationParts
  readonly #report: Report
  readonly #bySize = new Map<number, AttestationRow[]>()
  cosignatures = 0
  stamps = 0
  /** Those whose maker is not known here. */
  unchecked = 0
  /** Of each witness that is known, when its newest good cosignature was made; microseconds since 1970. */
  readonly newestBy = new Map<string, number>()

  constructor(log: string, parts: AttestationParts, report: Report) {
    this.#log = log
    this.#parts = parts
    this.#report = report
  }

  load(rows: readonly AttestationRow[]): void {
    this.#bySize.clear()
    for (const row of rows) {
      const known = this.#bySize.get(row.size)
      if (known) known.push(row)
      else this.#bySize.set(row.size, [row])
    }
  }

  /** Everything that is said of this checkpoint. */
  check({ size, note }: CheckpointRow): void {
    for (const row of this.#bySize.get(size) ?? []) this.#checkOne(row, note)
  }

  #checkOne(row: AttestationRow, note: string): void {
    const isStamp = row.line === undefined
    if (isStamp) this.stamps += 1
    else this.cosignatures += 1
    const { troubles, isChecked, at } = checkAttestation(
      row,
      { text: textOf(note), note },
      this.#parts,
    )
    if (!isChecked && troubles.length === 0) this.unchecked += 1
    if (isChecked && at !== undefined) {
      this.newestBy.set(row.by, Math.max(at, this.newestBy.get(row.by) ?? 0))
    }
    for (const { kind, finding, column, reason } of troubles) {
      this.#report({
        log: this.#log,
        kind,
        finding,
        table: isStamp ? 'log_timestamp' : 'log_cosignature',
        column,
        index: row.size,
        row: `size ${row.size}, ${row.by}`,
        ...(reason !== undefined && { details: { reason: reason.en, reasonAz: reason.az } }),
      })
    }
  }
}

/** What a witness signs; of a note that cannot be read, which is told elsewhere, there is none. */
function textOf(note: string): string {
  try {
    return readCheckpoint(note).text
  } catch {
    return ''
  }
}
