/** Why days stay where they are, for machines. */
export type RefusalReason =
  | 'day-not-over'
  | 'unsequenced'
  | 'unfinished'
  | 'no-checkpoint'
  | 'no-timestamp'
  | 'held'
  | 'changed-meanwhile'
  | 'busy'
  | 'entry-too-large'
  | 'entry-missing'
  | 'file-exists'
  | 'retention-not-over'
  | 'not-recorded'

/** What was asked for is not done, and nothing was changed; the message says why to whoever asked. */
export class ArchiveRefusal extends Error {
  override readonly name = 'ArchiveRefusal'

  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message)
  }
}
