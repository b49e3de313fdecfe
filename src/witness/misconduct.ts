import { formatNote } from '../tlog/note.js'
import type { SeenCheckpoint } from './seen-checkpoint.js'

/** `forked`: two signed checkpoints that cannot both be true. `shrunk`: a smaller one after a larger one. */
export type MisconductKind = 'forked' | 'shrunk'

/** What a witness holds against a log: both checkpoints, each with the log's signature. */
export interface Misconduct {
  readonly kind: MisconductKind
  readonly origin: string
  readonly foundAt: string
  readonly explanation: { readonly az: string; readonly en: string }
  /** Signed notes: anybody can check them with the log's key. */
  readonly known: string
  readonly seen: string
}

const explanations: Readonly<Record<MisconductKind, Misconduct['explanation']>> = {
  forked: {
    az:
      'Jurnal bir-birinə uyğun gəlməyən iki nəzarət nöqtəsini imzalayıb: əvvəlki nəzarət nöqtəsi sonrakının başlanğıcı deyil. ' +
      'Jurnalın keçmişi dəyişdirilib, yaxud jurnal müxtəlif şəxslərə müxtəlif cür göstərilir.',
    en:
      'The log signed two states that do not go together: the older one is not the beginning of the newer one. ' +
      'Its past was changed, or it is shown differently to different people.',
  },
  shrunk: {
    az:
      'Jurnal əvvəl gördüyümüzdən kiçik nəzarət nöqtəsini təqdim edir: yazıların sonu kəsilib, yaxud köhnə nüsxə ' +
      'göstərilir (ehtiyat nüsxədən bərpa, köhnəlmiş ara yaddaş).',
    en:
      'The log shows a smaller state than one that was seen before: its end was cut off, or an old copy is shown ' +
      '(restored from a backup, a stale cache).',
  },
}

/** Puts the two checkpoints together as evidence. */
export function misconductOf(
  kind: MisconductKind,
  known: SeenCheckpoint,
  seen: SeenCheckpoint,
  foundAt: Date,
): Misconduct {
  return {
    kind,
    origin: known.origin,
    foundAt: foundAt.toISOString(),
    explanation: explanations[kind],
    known: formatNote(known.note),
    seen: formatNote(seen.note),
  }
}
