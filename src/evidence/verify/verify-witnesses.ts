import { parseVerifierKey, verifyNote, type NoteKey } from '../../tlog/note-keys.js'
import { NoteError, type Note } from '../../tlog/note.js'
import type { EvidenceIndex } from '../evidence-index.js'
import { printable } from '../../printable.js'
import type { GivenTrust } from './believed.js'
import { reasonText } from './reason-text.js'
import type { Findings } from './report.js'

/** Who else saw the log as the container shows it. @param note - the checkpoint with the lines of its witnesses */
export function tellOfWitnesses(
  note: Note | undefined,
  { log }: EvidenceIndex,
  { witnessKeys }: GivenTrust,
  findings: Findings,
): void {
  if (!note) return
  const isGiven = witnessKeys.length > 0
  const keys = isGiven ? witnessKeys : (log?.witnessKeys ?? []).flatMap(readKey)
  const seen = keys.filter(({ name, keyId }) =>
    note.signatures.some((signature) => signature.name === name && signature.keyId === keyId),
  )
  if (seen.length === 0 && isGiven) {
    findings.notChecked('witnesses', {
      en: 'No witness whose key you gave has cosigned the checkpoint: that the log shows everybody the same entries is not proved.',
      az: 'Açarını verdiyiniz şahidlərdən heç biri nəzarət nöqtəsini imzalamayıb: jurnalın hamıya eyni yazıları göstərməsi sübut edilmir.',
    })
  } else if (seen.length === 0) {
    findings.note('witnesses', {
      en: 'No witness that is known here has cosigned the checkpoint: that the log shows everybody the same entries is the operator’s word.',
      az: 'Nəzarət nöqtəsini burada tanınan heç bir şahid imzalamayıb: jurnalın hamıya eyni yazıları göstərməsi yalnız operator tərəfindən bildirilir.',
    })
  }
  for (const key of seen) tellOfWitness(note, key, isGiven, findings)
}

function tellOfWitness(note: Note, key: NoteKey, isGiven: boolean, findings: Findings): void {
  const name = printable(key.name)
  try {
    const at = verifyNote(note, key).signedAt?.toISOString() ?? '–'
    const [en, az] = isGiven
      ? ['', '']
      : [' (by the key in the container)', ' (konteynerdəki açara görə)']
    findings.proved('witnesses', {
      en: `The witness ${name} saw this very log and cosigned it on ${at}${en}.`,
      az: `${name} şahidi məhz bu jurnalı görüb və onu ${at} tarixində imzalayıb${az}.`,
    })
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    const why = reasonText(error)
    findings.isFalse('witnesses', {
      en: `The signature of the witness ${name} proves nothing: ${why.en}`,
      az: `${name} şahidinin imzası heç nəyi sübut etmir: ${why.az}`,
    })
  }
}

function readKey(text: string): NoteKey[] {
  try {
    return [parseVerifierKey(text)]
  } catch (error) {
    if (error instanceof NoteError) return []
    throw error
  }
}
