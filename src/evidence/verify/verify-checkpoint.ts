import { parseCheckpoint, type Checkpoint } from '../../tlog/checkpoint.js'
import { parseVerifierKey, verifyNote, type NoteKey } from '../../tlog/note-keys.js'
import { NoteError, parseNote, type Note } from '../../tlog/note.js'
import { checkpointFile } from '../container-files.js'
import type { EvidenceIndex } from '../evidence-index.js'
import { printable } from '../../printable.js'
import type { GivenTrust } from './believed.js'
import { reasonText } from './reason-text.js'
import type { Findings } from './report.js'

/** A checkpoint against which nothing speaks. Whether a key that is believed signed it, the findings say. */
export interface ReadCheckpoint extends Checkpoint {
  readonly text: string
}

/** Whether a log's key signed the checkpoint. @returns undefined where it is false */
export function verifyCheckpoint(
  bytes: Buffer,
  { log }: EvidenceIndex,
  { logKeys }: GivenTrust,
  findings: Findings,
): ReadCheckpoint | undefined {
  try {
    const note = parseNote(bytes)
    const checkpoint = { ...parseCheckpoint(note.text), text: note.text }
    const own = logKeys.filter(({ name }) => name === checkpoint.origin)
    // That no key was given at all is told where the reader's own are missed.
    if (logKeys.length > 0 && own.length === 0) tellOfOtherLog(checkpoint, logKeys, findings)
    const isGiven = own.length > 0
    const keys = isGiven ? own : log ? [parseVerifierKey(log.key)] : []
    const key = keyFor(note, keys)
    if (!key) return checkpoint
    verifyNote(note, key)
    if (key.name !== checkpoint.origin) throw new NoteError('the key is of another log')
    tellOfSigned(checkpoint, isGiven, findings)
    return checkpoint
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    const { en, az } = reasonText(error)
    findings.isFalse(
      'checkpoint',
      {
        en: `The checkpoint is not signed by the log's key: ${en}`,
        az: `Nəzarət nöqtəsi jurnalın açarı ilə imzalanmayıb: ${az}`,
      },
      checkpointFile,
    )
    return undefined
  }
}

/** A log may have had other keys before. */
function keyFor(note: Note, keys: readonly NoteKey[]): NoteKey | undefined {
  const ids = new Set(note.signatures.map(({ keyId }) => keyId))
  return keys.find(({ keyId }) => ids.has(keyId)) ?? keys[0]
}

/** A key speaks of the log whose name it bears: that it did not sign another one's checkpoint proves nothing. */
function tellOfOtherLog(
  { origin }: Checkpoint,
  keys: readonly NoteKey[],
  findings: Findings,
): void {
  const names = [...new Set(keys.map(({ name }) => printable(name)))].join(', ')
  const log = printable(origin)
  findings.notChecked(
    'checkpoint',
    {
      en: `The checkpoint is of the log ${log}, and none of the keys that you gave (--log-key) is of this log; they are of: ${names}. It was checked by no key but the container's own.`,
      az: `Nəzarət nöqtəsi ${log} jurnalınındır, verdiyiniz açarlardan (--log-key) heç biri isə bu jurnalın açarı deyil; onlar bu jurnallarındır: ${names}. O, konteynerin öz içindəkindən başqa heç bir açarla yoxlanılmayıb.`,
    },
    checkpointFile,
  )
}

function tellOfSigned({ origin, size }: Checkpoint, isGiven: boolean, findings: Findings): void {
  const log = printable(origin)
  const [en, az] = isGiven
    ? ['; that key was given by you', '; həmin açar sizin tərəfinizdən verilib']
    : ['', '']
  findings.proved(
    'checkpoint',
    {
      en: `The operator's key of the log ${log} signed its state with ${size} entries${en}.`,
      az: `${log} jurnalının operator açarı ${size} yazılı vəziyyəti imzalayıb${az}.`,
    },
    checkpointFile,
  )
}
