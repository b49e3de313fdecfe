import { z } from 'zod'
import { canonicalJsonOf } from '../canonical-json.js'
import { containerManifestBytesMax } from '../limits/evidence.js'
import { isFileName } from './file-name.js'

/** Why something is not in a container. */
export const missingReasons = [
  /** The message log never had this half: refused before it was logged, or not answered yet. */
  'no-request-entry',
  'no-outcome-entry',
  /** The entry says that no message was kept. */
  'no-request-message',
  'no-outcome-message',
  /** One was kept and is erased, at the end of its retention. */
  'request-message-erased',
  'outcome-message-erased',
  /** The entry has no place in the log yet, or no checkpoint covers it. */
  'no-checkpoint',
  'no-timestamp',
] as const
export type MissingReason = (typeof missingReasons)[number]

const file = z.string().refine(isFileName)
const text = z.string().max(4_000)
const time = z.iso.datetime({ precision: 3 })

const schema = z.strictObject({
  format: z.literal(1),
  exchangeId: z.uuid(),
  exported: z.strictObject({ at: time, by: text, reason: text, actId: z.uuid() }),
  /** Which log has the entries, and by which key its checkpoints are signed; undefined where none has. */
  log: z.strictObject({ name: text, key: text, witnessKeys: z.array(text).max(32) }).optional(),
  timestamps: z.array(z.strictObject({ file, authority: text, isIndependent: z.boolean() })).max(8),
  /** At which time the bus's own material says how certificates are judged. */
  judgedAt: time,
  certificates: z
    .array(
      z.strictObject({
        file,
        /** What the operator says that it is. */
        use: z.enum(['signer', 'anchor', 'intermediate', 'bus', 'timestamping']),
        /** Of authorities: whether there were revocation lists or OCSP answers to look into. */
        revocation: z.enum(['crl', 'ocsp', 'none']).optional(),
      }),
    )
    .max(128),
  missing: z.array(z.enum(missingReasons)),
})

/**
 * What a container says of itself. Nothing is proved by it: it names files, and for whom no trust anchors
 * are given it says what the operator took for them.
 */
export type EvidenceIndex = z.infer<typeof schema>

export const indexFile = 'exchange.json'

/** What is no index. */
export class EvidenceIndexError extends Error {
  override readonly name = 'EvidenceIndexError'
}

export function writeIndex(index: EvidenceIndex): Buffer {
  return Buffer.from(canonicalJsonOf(JSON.parse(JSON.stringify(schema.parse(index))) as never))
}

/** @throws EvidenceIndexError */
export function readIndex(bytes: Buffer): EvidenceIndex {
  if (bytes.length > containerManifestBytesMax) throw new EvidenceIndexError('it is too long')
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) {
      throw new EvidenceIndexError('it is no index of a container', { cause: error })
    }
    throw error
  }
}
