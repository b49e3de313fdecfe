import type { BilingualText } from '../exchange/fault.js'

/** A mail that waits to be sent: one notice, to one address. */
export interface Mail {
  /** Also its Message-ID: one that is sent twice is recognised. */
  readonly id: string
  readonly recipient: string
  readonly text: BilingualText
  readonly at: Date
  /** Attempts that have failed so far. */
  readonly attempts: number
}

/** Where mails wait. */
export interface MailQueue {
  /** Takes mails that are due; nobody else has them until their lease ends. */
  take(now: Date, limit: number): Promise<Mail[]>
  sent(mail: Mail, now: Date): Promise<void>
  /** @param trouble - a code of the server's, never an address or a text */
  again(mail: Mail, nextAt: Date, trouble: string): Promise<void>
  givenUp(mail: Mail, now: Date, trouble: string): Promise<void>
}

/** Hands one mail over to a server. @throws MailError */
export type SendMail = (mail: Mail) => Promise<void>

/** A mail that the server did not take. The message is a code, and names nobody. */
export class MailError extends Error {
  override readonly name = 'MailError'
  /** Whether the server would say the same the next time (RFC 5321 §4.2.1: 5yz of this recipient). */
  readonly isFinal: boolean

  constructor(code: string, isFinal: boolean) {
    super(code)
    this.isFinal = isFinal
  }
}
