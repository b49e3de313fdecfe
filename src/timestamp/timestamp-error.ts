/** Why there is no timestamp, or why one is not accepted, for machines. */
export type TimestampReason =
  | 'malformed'
  | 'too-large'
  | 'rejected'
  | 'imprint'
  | 'nonce'
  | 'policy'
  | 'signature'
  | 'purpose'
  | 'certificate'
  | 'clock'
  | 'unreachable'

/** A timestamp that proves nothing, or none at all. The message is one public English sentence. */
export class TimestampError extends Error {
  override readonly name = 'TimestampError'

  constructor(
    readonly reason: TimestampReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
