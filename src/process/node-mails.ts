import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import type { MailConfig } from '../config/mail-config.js'
import type { UrgentTelling } from '../incident/incident-watch.js'
import { incidentData } from '../incident/incident-notices.store.js'
import { mailTurnEveryMs, urgentAddressesEveryMs, urgentAddressesMax } from '../mail/limits.js'
import { MailDelivery } from '../mail/mail-delivery.js'
import { MailOutbox, type MailDatabase } from '../mail/mail-outbox.store.js'
import { MemoryMails } from '../mail/memory-mails.js'
import type { SmtpSender } from '../mail/smtp-sender.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { incidentText } from '../notice/incident-text.js'
import { endsWithin } from './until-stopped.js'

export interface NodeMailsInput {
  readonly config: Pick<Config, 'admin' | 'mail'>
  readonly database: MailDatabase
  readonly log: SystemLog
}

const closeMsMax = 3_000

/** The mails of a node: those of all nodes from the database, and its own while that is away. */
export class NodeMails implements UrgentTelling {
  readonly #log: SystemLog
  readonly #outbox: MailOutbox
  readonly #urgent = new MemoryMails()
  readonly #sender: SmtpSender | undefined
  readonly #stopping = new AbortController()
  readonly #running: Promise<unknown>
  #addresses: readonly string[] = []
  #addressesAtMs = -Infinity

  private constructor({ database, log }: NodeMailsInput, sender: SmtpSender | undefined) {
    this.#log = log
    this.#outbox = new MailOutbox(database)
    this.#sender = sender
    this.#running = sender ? this.#run(sender) : Promise.resolve()
  }

  /** Without a mail server nothing is sent, and nothing of it is loaded. */
  static async open(input: NodeMailsInput): Promise<NodeMails> {
    const { mail, admin } = input.config
    return new NodeMails(input, mail && (await openSender(mail, admin?.publicUrl)))
  }

  tell(kind: string, incident: Parameters<UrgentTelling['tell']>[1]): void {
    if (!this.#sender) return
    const said = { description: undefined, closing: undefined, decision: undefined, ...incident }
    this.#urgent.add(this.#addresses, incidentText(kind, incidentData(said)), new Date())
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    // The mail that is under way may end; where the server hangs, it is sent again by whoever is next.
    await endsWithin(closeMsMax, this.#running)
    this.#sender?.close()
    await this.#running
  }

  async #run({ send }: SmtpSender): Promise<void> {
    const warn = (event: string, details: Readonly<Record<string, unknown>>): void =>
      this.#log.warn(details, event)
    const stored = new MailDelivery({ queue: this.#outbox, send, warn })
    const urgent = new MailDelivery({ queue: this.#urgent, send, warn })
    const { signal } = this.#stopping
    const now = (): Date => new Date()
    const each = [
      // Each by itself: what waits for a database that is away keeps up nothing else.
      this.#every('mails', async () => {
        await this.#outbox.expand(now())
        await stored.turn(now, signal)
      }),
      this.#every('urgent mails', () => urgent.turn(now, signal)),
      this.#every('mail addresses', () => this.#know(now())),
    ]
    await Promise.all(each)
  }

  /** Whom to tell of a database that is away has to be known before. */
  async #know(now: Date): Promise<void> {
    if (now.getTime() - this.#addressesAtMs < urgentAddressesEveryMs) return
    this.#addresses = await this.#outbox.urgentAddresses(now, urgentAddressesMax)
    this.#addressesAtMs = now.getTime()
    await this.#outbox.forget(now)
  }

  async #every(job: string, work: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await work().catch((error: unknown) => {
        if (!signal.aborted) this.#log.warn({ job, err: error }, 'job failed')
      })
      await pause(mailTurnEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

async function openSender(config: MailConfig, publicUrl: string | undefined): Promise<SmtpSender> {
  const { openSmtpSender } = await import('../mail/smtp-sender.js')
  return openSmtpSender(config, publicUrl)
}
