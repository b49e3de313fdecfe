import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { invalidField } from '../exchange/envelope-values.js'
import { Fault } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import {
  noticeCodes,
  type DeliveryNotice,
  type MessageDesk,
  type MessageState,
  type MessageStatus,
  type RecipientNotice,
} from '../exchange/message-notice.js'
import { messageDeskLimits } from '../limits/one-way.js'
import { decodeEntry, type EntryKind } from '../message-log/entry.js'
import type { MessageLog } from '../message-log/message-log.store.js'
import { factsIn } from '../message-log/stored-requests.store.js'
import type { ReceivedRequest } from '../exchange/exchange.js'
import type { StoredFacts } from '../exchange/stored-request.js'
import { noticeColumns, noticeOfRow, type NoticeRow } from './notices.store.js'

/** A one-way message as the log and the outbox have it. */
interface FoundMessage {
  readonly facts: StoredFacts
  readonly acceptedAt: Date
  readonly requestLeafHash: Buffer
  /** Kind of its outcome's entry; undefined where it has none. */
  readonly outcome: EntryKind | undefined
  /** Its row in the outbox; undefined once it has its outcome. */
  readonly waiting: WaitingRow | undefined
  readonly notices: readonly DeliveryNotice[]
}

interface WaitingRow {
  readonly attempts: number
  readonly lastFault: string | undefined
  readonly expiresAt: Date
}

interface Row {
  readonly half: 1 | 2
  readonly kind: EntryKind
  readonly entry: Buffer
  readonly leaf_hash: Buffer
  readonly attempts: number | null
  readonly last_fault: string | null
  readonly expires_at: Date | null
}

/** Tells senders what became of their messages, and takes what recipients say of them, from log and outbox. */
export class MessageDeskStore implements MessageDesk {
  readonly #pool: pg.Pool
  readonly #log: Pick<MessageLog, 'logNotice' | 'logRefusal'>

  constructor(pool: pg.Pool, log: Pick<MessageLog, 'logNotice' | 'logRefusal'>) {
    this.#pool = pool
    this.#log = log
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  /** @throws Fault AUDIT_UNAVAILABLE */
  async status(sender: SubsystemId, exchangeId: string): Promise<MessageStatus | undefined> {
    const message = await this.#find(exchangeId)
    if (message?.facts.sender !== sender) return undefined
    const { facts, acceptedAt, waiting, notices } = message
    return {
      exchangeId,
      messageId: facts.messageId,
      service: facts.recipient,
      acceptedAt,
      state: stateOf(message),
      attempts: waiting?.attempts ?? 0,
      lastFault: waiting?.lastFault,
      expiresAt: waiting?.expiresAt,
      notices,
    }
  }

  /**
   * A notice that is faster than the outcome of its own delivery waits for that a moment, so that its sender is told first
   * that the message came.
   * @throws Fault TARGET_UNREGISTERED, REQUEST_INVALID, AUDIT_UNAVAILABLE
   */
  async take(notice: RecipientNotice): Promise<void> {
    for (let waits: number = messageDeskLimits.outcomeWaitsMax; ; waits -= 1) {
      const message = await this.#addressed(notice)
      if (message.outcome !== undefined) {
        if (wasSaid(notice, message.notices) || (await this.#log.logNotice(notice, message))) return
        // Another of its kind came into the log meanwhile: it is this one, or stands against it.
        wasSaid(notice, (await this.#addressed(notice)).notices)
        return
      }
      if (waits === 0) throw new Fault('AUDIT_UNAVAILABLE', { detail: noOutcome })
      await pause(messageDeskLimits.outcomePauseMs)
    }
  }

  async hasOutcome(exchangeId: string): Promise<boolean> {
    try {
      const { rowCount } = await this.#pool.query(
        'SELECT FROM sluice.message_log_entry WHERE exchange_id = $1 AND half = 2',
        [exchangeId],
      )
      return rowCount === 1
    } catch (error) {
      throw unreadable(error)
    }
  }

  async refuse(fault: Fault, received: ReceivedRequest): Promise<void> {
    await this.#log.logRefusal(fault, received)
  }

  async #addressed(notice: RecipientNotice): Promise<FoundMessage> {
    const message = await this.#find(notice.exchangeId)
    if (message?.facts.provider !== notice.recipient) {
      const detail = 'This system was sent no such message.'
      throw new Fault('TARGET_UNREGISTERED', { field: 'exchangeId', detail })
    }
    return message
  }

  /** @returns undefined for what is no one-way message, or is one no more that anybody can ask for */
  async #find(exchangeId: string): Promise<FoundMessage | undefined> {
    try {
      // In one statement, so that a message is seen before its outcome or after it.
      const { rows } = await this.#pool.query<Row>(
        `SELECT half, kind, entry, leaf_hash, attempts, last_fault, expires_at
           FROM sluice.message_log_entry LEFT JOIN sluice.outbox_message USING (exchange_id)
          WHERE exchange_id = $1 ORDER BY half`,
        [exchangeId],
      )
      const [request, outcome] = rows
      if (request?.kind !== 'request') return undefined
      const notices = await this.#noticesOf(exchangeId)
      const { attempts, last_fault: lastFault, expires_at: expiresAt } = request
      const waiting =
        attempts === null || expiresAt === null
          ? undefined
          : { attempts, lastFault: lastFault ?? undefined, expiresAt }
      // Of a request whose consumer waited for the answer there is neither.
      if (!waiting && notices.length === 0) return undefined
      const fields = decodeEntry(request.entry)
      return {
        facts: factsIn(fields),
        acceptedAt: new Date(fields.receivedAt ?? fields.recordedAt),
        requestLeafHash: request.leaf_hash,
        outcome: outcome?.kind,
        waiting,
        notices,
      }
    } catch (error) {
      throw unreadable(error)
    }
  }

  async #noticesOf(exchangeId: string): Promise<DeliveryNotice[]> {
    const { rows } = await this.#pool.query<NoticeRow>(
      `SELECT ${noticeColumns} FROM sluice.outbox_notice WHERE exchange_id = $1 ORDER BY position`,
      [exchangeId],
    )
    return rows.map(noticeOfRow)
  }
}

const noOutcome = 'That the message was delivered is not in the log yet. Say it again in a moment.'

function stateOf({ outcome, waiting, notices }: FoundMessage): MessageState {
  if (waiting && notices.length === 0) return 'waiting'
  if (outcome === 'unresolved') return 'unresolved'
  return notices.some(({ code }) => code === 'IMTINA') ? 'refused' : 'delivered'
}

/**
 * Whether this very notice was said before. Each follows those in front of it: what was refused is not accepted any more.
 * @throws Fault REQUEST_INVALID where it contradicts what was said
 */
function wasSaid(notice: RecipientNotice, before: readonly DeliveryNotice[]): boolean {
  const same = before.find(({ code }) => code === notice.code)
  if (same) {
    if (isSame(notice, same)) return true
    throw invalidField('notice', 'Another notice of this kind was given of the message.')
  }
  const rank = noticeCodes.indexOf(notice.code)
  const later = before.find(({ code }) => noticeCodes.indexOf(code) > rank)
  if (!later) return false
  throw invalidField('notice', `The message has been given the notice ${later.code} already.`)
}

function isSame(notice: RecipientNotice, { registration, ground }: DeliveryNotice): boolean {
  const isSameNumber =
    notice.registration?.number === registration?.number &&
    notice.registration?.date === registration?.date
  return isSameNumber && (notice.ground === undefined || notice.ground === ground?.az)
}

function unreadable(cause: unknown): Fault {
  return new Fault('AUDIT_UNAVAILABLE', { detail: 'The message log could not be read.', cause })
}
