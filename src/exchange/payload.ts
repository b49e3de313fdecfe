import type { SubsystemId } from './identifier.js'

/**
 * Bytes that are never in memory as a whole. They are read piece by piece, as often as somebody needs
 * them, and are the same each time.
 */
export interface ByteSource {
  /** Bytes. */
  readonly length: number
  /**
   * From the first byte to the last. A piece is its receiver's to keep.
   * @throws Error where what was stored is no longer what came, or is given back already
   */
  pieces(): AsyncIterable<Uint8Array>
}

/** A payload that waits on disk while its exchange is carried. */
export interface SpooledPayload extends ByteSource {
  /** SHA-256 of the whole. */
  readonly sha256: Uint8Array
  /** The bytes from `start` up to, and without, `end`. */
  stretch(start: number, end: number): ByteSource
}

/** A message's body as it came: in memory, as nearly all are, or on the spool where it is large. */
export type Payload = Uint8Array | SpooledPayload

/** Bytes, wherever they are. */
export type Bytes = Uint8Array | ByteSource

export function isInMemory(bytes: Bytes): bytes is Uint8Array {
  return !('pieces' in bytes)
}

/** A payload on its way to the disk. */
export interface SpoolWriter {
  /** Bytes so far. */
  readonly length: number
  /**
   * Takes the bytes that come next; they are the caller's again when it returns.
   * @returns a promise where the disk is behind: nothing more MUST be written before it resolves
   * @throws Fault THROTTLED where there is no room, also by the promise; the writer is of no use then
   */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** @throws Fault THROTTLED */
  finish(): Promise<SpooledPayload>
  /** Gives the room back at once. */
  abandon(): void
}

/**
 * Where one worker keeps payloads that are too large for its memory, counted to the consumers for whom
 * it keeps them. One for requests and one for replies, for all adapters.
 */
export interface Spool {
  /**
   * Has to have resolved before the first writer is asked for.
   * @throws Error where it cannot keep anything
   */
  open(): Promise<void>
  /**
   * @param announced - bytes that the sender says will come, if it says so
   * @throws Fault THROTTLED where so much finds no room
   */
  writer(exchangeId: string, consumer: SubsystemId, announced: number | undefined): SpoolWriter
  /** Gives back whatever is kept for an exchange; nothing of it can be read any more. */
  release(exchangeId: string): void
}
