import type { Half } from '../message-log/entry.js'
import type { CheckpointEvidence } from './exchange-evidence.js'

/** There is no such exchange where it was looked for; the message says where else it may be. */
export class NoSuchExchange extends Error {
  override readonly name = 'NoSuchExchange'
}

/** A payload as it is stored, with its wrapped data key. */
export interface SealedMessage {
  readonly nonce: Buffer
  /** AES-256-GCM ciphertext and, at its end, the tag. */
  readonly ciphertext: Buffer
  /** Of the data key. */
  readonly id: string
  readonly wrappedKey: Buffer
  readonly masterKeyId: string
}

/** One half of an exchange in an archive file, nothing of it opened. */
export interface ArchivedHalf {
  readonly half: Half
  /** Canonical bytes. */
  readonly entry: Buffer
  readonly index: number
  /** Undefined where its file ends under another checkpoint than that of the exchange. */
  readonly proof: readonly Buffer[] | undefined
  readonly sealed: SealedMessage | undefined
}

/** An exchange in archive files, under the largest of their checkpoints. */
export interface ArchivedEvidence {
  readonly exchangeId: string
  readonly halves: readonly ArchivedHalf[]
  readonly checkpoint: CheckpointEvidence
  /** Of the checkpoint. */
  readonly size: number
}
