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
  type NoticeCode,
  type RecipientNotice,
  type RefusalGround,
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
    await this.#settle(notice, (message) => wasSaid(notice, message.notices))
  }

  /** @throws Fault AUDIT_UNAVAILABLE */
  async giveUp(
    exchangeId: string,
    recipient: SubsystemId,
    instead: RefusalGround,
  ): Promise<boolean> {
    const nothing = { registration: undefined, ground: undefined, signed: undefined }
    const notice = { ...nothing, code: 'IMTINA', exchangeId, recipient, instead } as const
    let isRefused = true
    try {
      await this.#settle(notice, ({ notices }) => {
        const isSaid = notices.some(({ code }) => code !== 'CATDIRILIB')
        if (isSaid) isRefused = notices.some(({ code }) => code === 'IMTINA')
        return isSaid
      })
      return isRefused
    } catch (error) {
      // A request, of which nobody is told: its exchange has ended, or ends by its time limit.
      if (error instanceof Fault && error.code === 'TARGET_UNREGISTERED') return false
      throw error
    }
  }

  /**
   * Writes a notice of a message that has its outcome, unless it need not be. What came between the look at the message
   * and that has it looked at again: of two notices at one time one follows the other.
   */
  async #settle(
    notice: RecipientNotice,
    isSettled: (message: FoundMessage) => boolean,
  ): Promise<void> {
    const { outcomeWaitsMax, outcomePauseMs } = messageDeskLimits
    for (let waits: number = outcomeWaitsMax; waits >= 0; waits -= 1) {
      const message = await this.#addressed(notice)
      if (message.outcome === undefined) {
        await pause(outcomePauseMs)
        continue
      }
      if (isSettled(message)) return
      if (await this.#log.logNotice(notice, message, lastOf(message.notices))) return
    }
    throw new Fault('AUDIT_UNAVAILABLE', { detail: noOutcome })
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

const noOutcome =
  'That the message was delivered is not in the log yet, or other notices of it come. Say it again in a moment.'

function stateOf({ outcome, waiting, notices }: FoundMessage): MessageState {
  if (waiting && notices.length === 0) return 'waiting'
  if (outcome === 'unresolved') return 'unresolved'
  return notices.some(({ code }) => code === 'IMTINA') ? 'refused' : 'delivered'
}

/**
 * Whether this very notice was said before. Each follows those in front of it, and none what was registered or refused.
 * @throws Fault REQUEST_INVALID where it contradicts what was said
 */
function wasSaid(notice: RecipientNotice, before: readonly DeliveryNotice[]): boolean {
  const same = before.find(({ code }) => code === notice.code)
  if (same) {
    if (isSame(notice, same)) return true
    throw invalidField('notice', 'Another notice of this kind was given of the message.')
  }
  const last = lastOf(before)
  if (last === undefined || (rankOf(last) < rankOf(notice.code) && !isLast(last))) return false
  throw invalidField('notice', `The message has been given the notice ${last} already.`)
}

/** The one that no other of the message was given after. */
function lastOf(notices: readonly DeliveryNotice[]): NoticeCode | undefined {
  let last: NoticeCode | undefined
  for (const { code } of notices) if (last === undefined || rankOf(code) > rankOf(last)) last = code
  return last
}

function rankOf(code: NoticeCode): number {
  return noticeCodes.indexOf(code)
}

/** What was registered is refused no more, and the other way round: its sender looks no further. */
function isLast(code: NoticeCode): boolean {
  return code === 'QEYDIYYATA_ALINIB' || code === 'IMTINA'
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
