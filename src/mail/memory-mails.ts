import { v7 as newId } from 'uuid'
import type { BilingualText } from '../exchange/fault.js'
import { mailLeaseMs, urgentMailsMax } from './limits.js'
import type { Mail, MailQueue } from './mail.js'

interface Waiting {
  mail: Mail
  nextAtMs: number
}

/** Mails of one node that wait in memory, because the database that they would wait in is what they tell of. */
export class MemoryMails implements MailQueue {
  readonly #waiting = new Map<string, Waiting>()

  /** What there is no room for is not told: those who were first on the list are. */
  add(recipients: readonly string[], text: BilingualText, at: Date): void {
    for (const recipient of recipients) {
      if (this.#waiting.size >= urgentMailsMax) return
      const mail = { id: newId(), recipient, text, at, attempts: 0 }
      this.#waiting.set(mail.id, { mail, nextAtMs: at.getTime() })
    }
  }

  take(now: Date, limit: number): Promise<Mail[]> {
    const due = [...this.#waiting.values()]
      .filter(({ nextAtMs }) => nextAtMs <= now.getTime())
      .slice(0, limit)
    for (const each of due) each.nextAtMs = now.getTime() + mailLeaseMs
    return Promise.resolve(due.map(({ mail }) => mail))
  }

  sent({ id }: Mail): Promise<void> {
    this.#waiting.delete(id)
    return Promise.resolve()
  }

  again(mail: Mail, nextAt: Date): Promise<void> {
    const again = { ...mail, attempts: mail.attempts + 1 }
    this.#waiting.set(mail.id, { mail: again, nextAtMs: nextAt.getTime() })
    return Promise.resolve()
  }

  givenUp({ id }: Mail): Promise<void> {
    this.#waiting.delete(id)
    return Promise.resolve()
  }
}
