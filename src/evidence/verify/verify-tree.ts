import { logOfDomain, originOf } from '../../tlog/checkpoint.js'
import { ProofError, verifyInclusion } from '../../tlog/merkle.js'
import { NoteError, parseNote, type Note } from '../../tlog/note.js'
import { checkpointFile, halfFile } from '../container-files.js'
import type { EvidenceIndex } from '../evidence-index.js'
import { printable } from '../../printable.js'
import type { ContainerFiles } from '../read-zip.js'
import { parseTlogProof, TlogProofError } from '../tlog-proof.js'
import type { GivenTrust } from './believed.js'
import { halfNames, type ReadHalf } from './read-halves.js'
import { reasonText } from './reason-text.js'
import type { Findings } from './report.js'
import { verifyCheckpoint, type ReadCheckpoint } from './verify-checkpoint.js'
import { tellOfWitnesses } from './verify-witnesses.js'

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
  const checkpoint = verifyCheckpoint(bytes, index, given, findings)
  if (!checkpoint) return undefined
  let witnessed: Note | undefined
  for (const half of halves) {
    witnessed = verifyHalf(files, half, checkpoint, findings) ?? witnessed
  }
  tellOfWitnesses(witnessed, index, given, findings)
  return bytes
}

/** @returns the note below which witnesses signed */
function verifyHalf(
  files: ContainerFiles,
  { half, leafHash, fields }: ReadHalf,
  checkpoint: ReadCheckpoint,
  findings: Findings,
): Note | undefined {
  if (!isOfLog(fields.domain, checkpoint.origin)) {
    tellOfOtherDomain(half, fields.domain, checkpoint.origin, findings)
    return undefined
  }
  const file = halfFile(half, 'entry.tlog-proof')
  const { en, az } = halfNames[half]
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
    const why = reasonText(error)
    const text = {
      en: `It is not proved that the ${en}'s entry is in the log: ${why.en}`,
      az: `${az} yazısının jurnalda olması sübut edilmir: ${why.az}`,
    }
    findings.isFalse('inclusion', text, file)
    return undefined
  }
}

/** The log that an origin names, whatever stands before it: each bus has origins of its own. */
const logAtEnd = /\/(domain\/[^/]+|unassigned|audit)$/

/** An exchange domain has its own log. Where entries of others stood in it, nobody would look for them there. */
function isOfLog(domain: string | undefined, origin: string): boolean {
  const log = logOfDomain(domain)
  // A container may hold any text; one that cannot be encoded names no log.
  if (!log.isWellFormed()) return false
  return `/${logAtEnd.exec(origin)?.[1] ?? ''}` === originOf('', log)
}

function tellOfOtherDomain(
  half: ReadHalf['half'],
  domain: string | undefined,
  origin: string,
  findings: Findings,
): void {
  const { en, az } = halfNames[half]
  const log = printable(origin)
  const whoseEntry =
    domain === undefined
      ? { en: 'belongs to no exchange domain', az: 'heç bir mübadilə sahəsinə aid deyil' }
      : {
          en: `belongs to the exchange domain ${printable(domain)}`,
          az: `${printable(domain)} mübadilə sahəsinə aiddir`,
        }
  findings.isFalse(
    'inclusion',
    {
      en: `The ${en}'s entry ${whoseEntry.en}, and the checkpoint is of the log ${log}, where such an entry has no place.`,
      az: `${az} yazısı ${whoseEntry.az}, nəzarət nöqtəsi isə ${log} jurnalınındır: belə yazının orada yeri yoxdur.`,
    },
    halfFile(half, 'entry.json'),
  )
}

/** @throws TlogProofError, ProofError, NoteError */
function provedPlace(
  bytes: Buffer | undefined,
  leafHash: Buffer,
  { text, size, root }: ReadCheckpoint,
): { readonly note: Note; readonly index: number } {
  if (!bytes) throw new TlogProofError('there is a checkpoint, and no proof')
  const { index, hashes, checkpoint } = parseTlogProof(bytes)
  const note = parseNote(checkpoint)
  if (note.text !== text) throw new TlogProofError('the proof is for another checkpoint')
  verifyInclusion({ index, size, leafHash, root, proof: hashes })
  return { note, index }
}
