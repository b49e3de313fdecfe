import { containerManifestBytesMax } from '../limits/evidence.js'
import { hashBytes } from '../tlog/merkle.js'

/** That an entry is in a log (C2SP tlog-proof): its index, the inclusion proof, the signed checkpoint. */
export interface TlogProof {
  readonly index: number
  readonly hashes: readonly Buffer[]
  /** The signed note, cosignatures included. */
  readonly checkpoint: string
}

/** What is no proof of an entry. */
export class TlogProofError extends Error {
  override readonly name = 'TlogProofError'
}

const firstLine = 'c2sp.org/tlog-proof@v1'
const indexLine = /^index (0|[1-9][0-9]{0,15})$/
/** A tree of 2^53 leaves has no longer path. */
const hashesMax = 53

export function formatTlogProof({ index, hashes, checkpoint }: TlogProof): Buffer {
  const lines = [firstLine, `index ${index}`, ...hashes.map((hash) => hash.toString('base64'))]
  return Buffer.from(`${lines.join('\n')}\n\n${checkpoint}`)
}

/** Reads a proof without further data (`extra`), as ours are. @throws TlogProofError */
export function parseTlogProof(bytes: Buffer): TlogProof {
  if (bytes.length > containerManifestBytesMax) throw new TlogProofError('the proof is too long')
  const text = bytes.toString('utf8')
  const split = text.indexOf('\n\n')
  if (split < 0) throw new TlogProofError('the proof has no checkpoint')
  const [first, second = '', ...rest] = text.slice(0, split).split('\n')
  const indexText = indexLine.exec(second)?.[1]
  const index = Number(indexText)
  if (first !== firstLine || indexText === undefined || !Number.isSafeInteger(index)) {
    throw new TlogProofError('the file is no proof of an entry')
  }
  if (rest.length > hashesMax) throw new TlogProofError('the proof has too many hashes')
  return { index, hashes: rest.map(hashOf), checkpoint: text.slice(split + 2) }
}

function hashOf(text: string): Buffer {
  const hash = Buffer.from(text, 'base64')
  if (hash.length === hashBytes && hash.toString('base64') === text) return hash
  throw new TlogProofError('a line of the proof is no hash')
}
