import type { EntryFields, Half } from '../message-log/entry.js'
import type { OpenedPayload } from '../message-log/payload-cipher.js'
import type { ValidationMaterial } from './validation-material.store.js'

/** One half of an exchange with everything that speaks for it. */
export interface HalfEvidence {
  readonly half: Half
  readonly fields: EntryFields
  /** Canonical bytes. */
  readonly entry: Buffer
  /** The message as it came; undefined where none was kept, or it is erased. */
  readonly message: OpenedPayload | undefined
  /** Where in the tree the entry is; undefined while no checkpoint covers it. */
  readonly place: { readonly index: number; readonly proof: readonly Buffer[] } | undefined
}

/** A checkpoint with what others say of it. */
export interface CheckpointEvidence {
  /** Name of the log. */
  readonly log: string
  /** The note by the log's key alone: these bytes are stamped. */
  readonly note: string
  /** Lines of witnesses, without their line breaks. */
  readonly cosignatures: readonly string[]
  readonly timestamps: readonly CheckpointTimestamp[]
}

export interface CheckpointTimestamp {
  /** Name of the authority, as the configuration has it. */
  readonly authority: string
  /** DER. */
  readonly token: Buffer
  /** By the bus's clock. */
  readonly stampedAt: Date
}

/** What a database holds of one exchange. */
export interface ExchangeEvidence {
  readonly exchangeId: string
  readonly halves: readonly HalfEvidence[]
  readonly checkpoint: CheckpointEvidence | undefined
  /** DER of the certificates whose keys signed the messages, by thumbprint. */
  readonly signers: ReadonlyMap<string, Buffer>
  /** What certificates were judged with at that time. */
  readonly material: ValidationMaterial
  /** At which time: when an authority for timestamps saw the checkpoint, or else when the exchange was recorded. */
  readonly judgedAt: Date
  /** Identifies the act of opening, an entry of the audit log. */
  readonly actId: string
}
