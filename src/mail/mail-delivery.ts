import { mailAttemptsMax, mailRetryMsMax, mailRetryMsMin, mailsPerTurn } from './limits.js'
import { MailError, type Mail, type MailQueue, type SendMail } from './mail.js'

export interface MailDeliveryParts {
  readonly queue: MailQueue
  readonly send: SendMail
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/**
 * Sends what waits, one mail after the other. What the server does not take is tried again, ever more rarely, and given up in
 * the end; nobody waits for a mail.
 */
export class MailDelivery {
  readonly #parts: MailDeliveryParts

  constructor(parts: MailDeliveryParts) {
    this.#parts = parts
  }

  /**
   * One turn. @param stop - ends it after the mail that is under way
   * @returns how many mails the server took
   */
  async turn(now: () => Date, stop: AbortSignal): Promise<number> {
    const { queue } = this.#parts
    let sent = 0
    for (const mail of await queue.take(now(), mailsPerTurn)) {
      // What is left is another's, or the next turn's, once the lease has ended.
      if (stop.aborted) break
      if (await this.#deliver(mail, now)) sent += 1
    }
    return sent
  }

  async #deliver(mail: Mail, now: () => Date): Promise<boolean> {
    const { queue, send } = this.#parts
    try {
      await send(mail)
    } catch (error) {
      await this.#failed(mail, error, now())
      return false
    }
    await queue.sent(mail, now())
    return true
  }

  async #failed(mail: Mail, error: unknown, now: Date): Promise<void> {
    const { queue, warn } = this.#parts
    if (!(error instanceof MailError)) throw error
    const attempts = mail.attempts + 1
    const isOver = error.isFinal || attempts >= mailAttemptsMax
    warn('a mail was not taken', { mail: mail.id, attempts, code: error.message, isOver })
    if (isOver) await queue.givenUp(mail, now, error.message)
    else await queue.again(mail, new Date(now.getTime() + pauseMs(attempts)), error.message)
  }
}

/** Twice as long after each attempt: 15 s, 30 s, 1 min, … an hour. */
function pauseMs(attempts: number): number {
  return Math.min(mailRetryMsMin * 2 ** (attempts - 1), mailRetryMsMax)
}
