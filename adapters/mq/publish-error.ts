/** Why a message is not in a queue, as far as the publisher knows. */
export type PublishTrouble =
  /** No connection; nothing was sent. */
  | 'away'
  /** An alarm of the broker: it reads nothing from publishers. Nothing was sent. */
  | 'blocked'
  /** Too many messages of this worker wait for their confirms. Nothing was sent. */
  | 'crowded'
  /** The broker's client would not write it. Nothing was sent. */
  | 'unwritable'
  /** The broker has no queue for it. */
  | 'unroutable'
  /** The queue is full, or cannot keep it now: the broker said no. */
  | 'rejected'
  /** The connection broke before the confirm: the message may be in the queue. */
  | 'lost'
  /** Time was up before the confirm: the message may be in the queue. */
  | 'unconfirmed'

const texts: Readonly<Record<PublishTrouble, string>> = {
  away: 'The bus is not connected to its broker.',
  blocked: 'The broker takes no messages: an alarm of its memory or disk.',
  crowded: 'Too many messages wait for the broker.',
  unwritable: 'The message cannot be written to the broker.',
  unroutable: 'There is no such queue at the broker.',
  rejected: 'The queue takes no more messages.',
  lost: 'The connection to the broker broke before it confirmed; the message may have arrived.',
  unconfirmed: 'The broker did not confirm in time; the message may have arrived.',
}

/** A message of which it is not known that it is in a queue. */
export class PublishError extends Error {
  override readonly name = 'PublishError'
  readonly trouble: PublishTrouble

  constructor(trouble: PublishTrouble, cause?: unknown) {
    super(texts[trouble], { cause })
    this.trouble = trouble
  }
}
