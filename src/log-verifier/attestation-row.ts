import type { DefectKind } from './defect-kind.js'
import type { Finding } from './finding-text.js'
import type { KeyRing } from './key-ring.js'
import { FormatError, readSignatureLine, signatureTime, statedTime } from './signed-note.js'
import type { AttestationRow } from './tree-rows.store.js'

/** What a time-stamp says. */
export interface ReadStamp {
  /** When, microseconds since 1970. */
  readonly at: number
  /** Whose: as the column `tsa` names it; undefined where nothing in the token says so. */
  readonly by: string | undefined
  /** Whether somebody who is trusted vouches for it. */
  readonly isTrusted: boolean
}

/** Why a token is no time-stamp, by a reader who can say it to people in both languages. */
export class StampTrouble extends Error {
  override readonly name = 'StampTrouble'

  constructor(
    readonly text: { readonly en: string; readonly az: string },
    options?: ErrorOptions,
  ) {
    super(text.en, options)
  }
}

/** Reads time-stamps (RFC 3161). */
export interface StampReader {
  /** @throws StampTrouble, or another error, for a token that is not one over these bytes, or not signed */
  read(token: Buffer, stamped: Buffer): ReadStamp
}

export interface AttestationTrouble {
  readonly kind: DefectKind
  readonly finding: Finding
  readonly column: string
  readonly reason?: { readonly en: string; readonly az: string }
}

export interface AttestationParts {
  readonly keys: KeyRing
  /** Undefined where stamps cannot be read. */
  readonly stamps: StampReader | undefined
}

/** An attestation as far as it can be believed. */
export interface CheckedAttestation {
  readonly troubles: readonly AttestationTrouble[]
  /** Whether the one who attests is known and was checked. */
  readonly isChecked: boolean
  /** When it was made, microseconds since 1970. */
  readonly at: number | undefined
}

/**
 * Holds what a witness or a time-stamping authority says against the checkpoint it says it of.
 * @param text - of the checkpoint's note, which a witness signs
 * @param note - all of the note, which is stamped
 */
export function checkAttestation(
  row: AttestationRow,
  { text, note }: { readonly text: string; readonly note: string },
  { keys, stamps }: AttestationParts,
): CheckedAttestation {
  if (row.line !== undefined) return checkCosignature(row, row.line, text, keys)
  return checkStamp(row, Buffer.from(note), stamps)
}

/** Holds a time-stamp against what it must be over, and against what is said beside it. */
export function checkStamp(
  row: Pick<AttestationRow, 'by' | 'at' | 'token'>,
  note: Buffer,
  stamps: StampReader | undefined,
): CheckedAttestation {
  if (!stamps || !row.token) return { troubles: [], isChecked: false, at: undefined }
  try {
    const { at, by, isTrusted } = stamps.read(row.token, note)
    const troubles = [
      ...(at === row.at ? [] : [changed('stamp-column', 'stamped_at')]),
      ...(by === undefined || by === row.by ? [] : [changed('stamp-column', 'tsa')]),
    ]
    return { troubles, isChecked: isTrusted, at }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const isKnown = error instanceof StampTrouble
    const reason = isKnown ? error.text : { en: message, az: `texniki səbəb: ${message}` }
    return bad({ kind: 'bad stamp', finding: 'stamp-bad', column: 'token', reason })
  }
}

function checkCosignature(
  row: AttestationRow,
  lineText: string,
  text: string,
  keys: KeyRing,
): CheckedAttestation {
  const wrong = { kind: 'bad stamp', finding: 'cosignature-bad', column: 'line' } as const
  try {
    // Kept with its line break, as it stands in a note.
    if (!lineText.endsWith('\n')) return bad(wrong)
    const line = readSignatureLine(lineText.slice(0, -1))
    const seconds = statedTime(line)
    if (seconds === undefined) return bad(wrong)
    const troubles = [
      ...(line.name === row.by ? [] : [changed('cosignature-column', 'witness')]),
      ...(seconds * 1_000_000 === row.at ? [] : [changed('cosignature-column', 'made_at')]),
    ]
    const key = keys.witnesses.find(({ name, id }) => name === line.name && id === line.id)
    if (!key) return { troubles, isChecked: false, at: seconds * 1_000_000 }
    if (signatureTime(text, line, key) === undefined) return bad(wrong)
    return { troubles, isChecked: true, at: seconds * 1_000_000 }
  } catch (error) {
    if (error instanceof FormatError) return bad(wrong)
    throw error
  }
}

function changed(finding: Finding, column: string): AttestationTrouble {
  return { kind: 'changed', finding, column }
}

function bad(trouble: AttestationTrouble): CheckedAttestation {
  return { troubles: [trouble], isChecked: false, at: undefined }
}
