import type { Hash } from './hashing.js'
import { originEnd, type KeyRing, type LogKey } from './key-ring.js'
import {
  FormatError,
  readCheckpoint,
  signatureTime,
  type SignatureLine,
  type SignedCheckpoint,
  type VerifierKey,
} from './signed-note.js'
import type { CheckpointRow } from './tree-rows.store.js'

/** What does not fit in a checkpoint's row, without the tree. */
export interface CheckpointTrouble {
  readonly finding:
    'checkpoint-form' | 'checkpoint-column' | 'checkpoint-signature' | 'checkpoint-other-key'
  readonly column?: string
}

/** A checkpoint as far as it can be believed. */
export interface CheckedCheckpoint {
  /** The root that was signed; undefined where the signature does not hold, or no key for it is known. */
  readonly root: Hash | undefined
  readonly troubles: readonly CheckpointTrouble[]
  /** Whether no key was there to check the signature by. */
  readonly isWithoutKey: boolean
}

/** Holds a checkpoint's row against the note in it, and the note against the log's key. */
export function checkCheckpoint(log: string, row: CheckpointRow, keys: KeyRing): CheckedCheckpoint {
  let signed: SignedCheckpoint
  try {
    signed = readCheckpoint(row.note)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return of([{ finding: 'checkpoint-form', column: 'note' }])
  }
  if (!signed.origin.endsWith(originEnd(log)))
    return of([{ finding: 'checkpoint-column', column: 'log' }])
  const own = keys.of(signed.origin)
  const logKeys = own.length > 0 ? own : keys.ofLog(log)
  const [line] = signed.signatures
  const logKey = logKeys.find(({ key }) => key.id === line?.id) ?? logKeys[0]
  const troubles = signatureTroubles(signed, row, logKey)
  if (troubles.length === 0) troubles.push(...columnTroubles(signed, row))
  const isSigned = !troubles.some(({ finding }) => finding !== 'checkpoint-column')
  // Without a key there is at least the question whether it is the tree's.
  const root = isSigned && signed.size === row.size ? signed.root.toString('latin1') : undefined
  return { root, troubles, isWithoutKey: logKey === undefined }
}

function of(troubles: readonly CheckpointTrouble[]): CheckedCheckpoint {
  return { root: undefined, troubles, isWithoutKey: false }
}

function columnTroubles(signed: SignedCheckpoint, row: CheckpointRow): CheckpointTrouble[] {
  const columns = [
    ...(signed.size === row.size ? [] : ['size']),
    ...(signed.root.equals(row.rootHash) ? [] : ['root_hash']),
  ]
  return columns.map((column) => ({ finding: 'checkpoint-column', column }))
}

function signatureTroubles(
  signed: SignedCheckpoint,
  row: CheckpointRow,
  logKey: LogKey | undefined,
): CheckpointTrouble[] {
  if (!logKey) return []
  const { key, timed } = logKey
  // Both of the log and nothing else: what is not checked could be changed.
  const [own, time, ...others] = signed.signatures
  const isOwn = own !== undefined && signatureTime(signed.text, own, key) !== undefined
  if (own && !isOwn && isByOtherKey(signed.text, own, key)) {
    return [{ finding: 'checkpoint-other-key', column: 'note' }]
  }
  const seconds = time && signatureTime(signed.text, time, timed)
  const isTimed = time === undefined || seconds !== undefined
  if (!isOwn || !isTimed || others.length > 0 || signed.origin !== key.name) {
    return [{ finding: 'checkpoint-signature', column: 'note' }]
  }
  return isTimeOf(row, seconds) ? [] : [{ finding: 'checkpoint-column', column: 'made_at' }]
}

/** A log that states no time is held to the form that times have alone. */
function isTimeOf({ madeAt }: CheckpointRow, seconds: number | undefined): boolean {
  return seconds === undefined ? madeAt % 1_000 === 0 : madeAt === seconds * 1_000_000
}

/** Whether a line names another key under the log's name; with this key's signature only its id was changed. */
function isByOtherKey(text: string, line: SignatureLine, key: VerifierKey): boolean {
  if (line.name !== key.name || line.id === key.id) return false
  return signatureTime(text, { ...line, id: key.id }, key) === undefined
}
