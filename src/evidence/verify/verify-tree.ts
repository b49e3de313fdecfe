import { parseCheckpoint, type Checkpoint } from '../../tlog/checkpoint.js'
import { ProofError, verifyInclusion } from '../../tlog/merkle.js'
import { parseVerifierKey, verifyNote, type NoteKey } from '../../tlog/note-keys.js'
import { NoteError, parseNote, type Note } from '../../tlog/note.js'
import { checkpointFile, halfFile } from '../container-files.js'
import type { EvidenceIndex } from '../evidence-index.js'
import { printable } from '../../printable.js'
import type { ContainerFiles } from '../read-zip.js'
import { parseTlogProof, TlogProofError } from '../tlog-proof.js'
import type { GivenTrust } from './believed.js'
import type { ReadHalf } from './read-halves.js'
import type { Findings } from './report.js'

/** Whether the entries are in the log, under a checkpoint of its operator. @returns what is stamped */
export function verifyTree(
  files: ContainerFiles,
  index: EvidenceIndex,
  halves: readonly ReadHalf[],
  given: GivenTrust,
  findings: Findings,
): Buffer | undefined {
  const bytes = files.get(checkpointFile)
  if (!bytes) {
    findings.notChecked('inclusion', {
      en: 'The container has no checkpoint: that the entries are in the log is not proved. It was exported before a checkpoint covered them.',
      az: 'Konteynerdə nəzarət nöqtəsi yoxdur: yazıların jurnalda olması sübut edilmir. İxrac onları əhatə edən nəzarət nöqtəsindən əvvəl edilib.',
    })
    return undefined
  }
  const checkpoint = signedCheckpoint(bytes, index, given, findings)
  if (!checkpoint) return undefined
  let witnessed: Note | undefined
  for (const half of halves) {
    witnessed = verifyHalf(files, half, checkpoint, findings) ?? witnessed
  }
  tellOfWitnesses(witnessed, index, given, findings)
  return bytes
}

interface SignedCheckpoint extends Checkpoint {
  readonly text: string
}

function signedCheckpoint(
  bytes: Buffer,
  { log }: EvidenceIndex,
  { logKeys }: GivenTrust,
  findings: Findings,
): SignedCheckpoint | undefined {
  try {
    const note = parseNote(bytes)
    const checkpoint = parseCheckpoint(note.text)
    // That no key is known at all is told where the reader's own are missed.
    if (logKeys.length === 0 && !log) return { ...checkpoint, text: note.text }
    const keys = logKeys.length > 0 ? logKeys : [parseVerifierKey(log?.key ?? '')]
    const key = keyFor(checkpoint.origin, note, keys)
    if (!key) throw new NoteError('no key was given')
    verifyNote(note, key)
    if (key.name !== checkpoint.origin) throw new NoteError('the key is of another log')
    const origin = printable(checkpoint.origin)
    findings.proved(
      'checkpoint',
      {
        en: `The operator's key of the log ${origin} signed its state with ${checkpoint.size} entries${logKeys.length > 0 ? '; that key was given by you' : ''}.`,
        az: `${origin} jurnalının operator açarı ${checkpoint.size} yazılı vəziyyəti imzalayıb${logKeys.length > 0 ? '; həmin açar sizin tərəfinizdən verilib' : ''}.`,
      },
      checkpointFile,
    )
    return { ...checkpoint, text: note.text }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    findings.isFalse(
      'checkpoint',
      {
        en: `The checkpoint is not signed by the log's key: ${printable(error.message)}.`,
        az: `Nəzarət nöqtəsi jurnalın açarı ilə imzalanmayıb: ${printable(error.message)}.`,
      },
      checkpointFile,
    )
    return undefined
  }
}

/** One key serves all logs of a bus, each under its own name, and may have followed on another. */
function keyFor(origin: string, note: Note, keys: readonly NoteKey[]): NoteKey | undefined {
  const named = keys.filter(({ name }) => name === origin)
  const ids = new Set(note.signatures.map(({ keyId }) => keyId))
  return named.find(({ keyId }) => ids.has(keyId)) ?? named[0] ?? keys[0]
}

const whose = {
  1: { en: 'request', az: 'Sorğunun' },
  2: { en: 'outcome', az: 'Nəticənin' },
} as const

/** @returns the note below which witnesses signed */
function verifyHalf(
  files: ContainerFiles,
  { half, leafHash }: ReadHalf,
  checkpoint: SignedCheckpoint,
  findings: Findings,
): Note | undefined {
  const file = halfFile(half, 'entry.tlog-proof')
  const { en, az } = whose[half]
  try {
    const { note, index } = provedPlace(files.get(file), leafHash, checkpoint)
    const { size } = checkpoint
    const text = {
      en: `The ${en}'s entry is in the log, at index ${index} of ${size}: it can no longer be changed or taken out unseen.`,
      az: `${az} yazısı jurnaldadır, ${size} yazı arasında, ${index} indeksli yerdə: onu gizlicə dəyişmək və ya çıxarmaq artıq mümkün deyil.`,
    }
    findings.proved('inclusion', text, file)
    return note
  } catch (error) {
    const isOurs =
      error instanceof TlogProofError || error instanceof ProofError || error instanceof NoteError
    if (!isOurs) throw error
    const text = {
      en: `It is not proved that the ${en}'s entry is in the log: ${printable(error.message)}.`,
      az: `${az} yazısının jurnalda olması sübut edilmir: ${printable(error.message)}.`,
    }
    findings.isFalse('inclusion', text, file)
    return undefined
  }
}

/** @throws TlogProofError, ProofError, NoteError */
function provedPlace(
  bytes: Buffer | undefined,
  leafHash: Buffer,
  { text, size, root }: SignedCheckpoint,
): { readonly note: Note; readonly index: number } {
  if (!bytes) throw new TlogProofError('there is a checkpoint, and no proof')
  const { index, hashes, checkpoint } = parseTlogProof(bytes)
  const note = parseNote(checkpoint)
  if (note.text !== text) throw new TlogProofError('the proof is for another checkpoint')
  verifyInclusion({ index, size, leafHash, root, proof: hashes })
  return { note, index }
}

function tellOfWitnesses(
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
    findings.isFalse('witnesses', {
      en: `The signature of the witness ${name} is wrong.`,
      az: `${name} şahidinin imzası yanlışdır.`,
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
