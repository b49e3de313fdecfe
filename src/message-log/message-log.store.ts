import { hash } from 'node:crypto'
import type pg from 'pg'
import type {
  LoggedEntry,
  LoggedReply,
  MediatedReply,
  LoggedRequest,
  ReceivedReply,
  RequestStage,
  SignReceipts,
  ValidatedRequest,
} from '../exchange/exchange.js'
import { Fault, type FaultCode } from '../exchange/fault.js'
import { messageLogLimits, type MessageLogLimits } from '../limits.js'
import { answerHead } from './answer-head.js'
import { answerPieces, derivedPieces } from './derived-pieces.js'
import { EntryWriter, type LoggedMessage } from './entry-writer.store.js'
import {
  refusalEntry,
  replyEntry,
  requestEntry,
  type RefusalCircumstances,
} from './exchange-entry.js'
import { GroupCommit } from './group-commit.store.js'
import { LostRefusals } from './lost-refusals.js'
import { RecentIds } from './recent-ids.js'

export interface MessageLogOptions {
  /** Makes a connection under the bus's role, not yet opened, with its own time limits. */
  readonly connect: () => pg.Client
  /** Wraps the keys that encrypt payloads; 32 bytes from outside the database. */
  readonly payloadKey: Uint8Array
  /** Makes persons pseudonyms; 32 bytes from outside the database. */
  readonly pseudonymKey: Uint8Array
  /** Makes the receipts of outcomes that are durable. */
  readonly signReceipts: SignReceipts
  readonly limits?: Partial<MessageLogLimits>
  /** Tells the engineer on call; never gets payloads or personal data. */
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly now?: () => Date
}

/** How the log is, for health and metrics. */
export interface MessageLogState {
  /** Whether entries can be expected to become durable now. */
  readonly ready: boolean
  readonly waitingRecords: number
  readonly waitingBytes: number
  /** Transactions since the start. */
  readonly commits: number
  /** Entries since the start that are durable. */
  readonly entries: number
  /** Refusals since the start that got no entry of their own; entries tell of them by the number. */
  readonly refusalsLost: number
}

/**
 * Evidence of every exchange (evidence.md §2). A request is durable before it is delivered, a reply
 * before it is shown; where that cannot be had the exchange is refused.
 */
export class MessageLog {
  readonly #writer: EntryWriter
  /** Writes what belongs to exchanges. */
  readonly #exchanges: GroupCommit
  /** Writes refusals where nobody proved who asks; strangers must not hold up exchanges. */
  readonly #strangers: GroupCommit
  readonly #lostRefusals: LostRefusals
  readonly #recentIds: RecentIds
  readonly #made = new WeakSet<LoggedRequest>()

  constructor(options: MessageLogOptions) {
    const limits = { ...messageLogLimits, ...options.limits }
    const now = options.now ?? (() => new Date())
    this.#writer = new EntryWriter({ ...options, dataKey: limits.dataKey, now })
    this.#recentIds = new RecentIds(limits.recentIdsMax)
    this.#exchanges = new GroupCommit({
      ...options,
      ...limits,
      limits,
      onConnect: (client) => this.#writer.renewDataKey(client),
    })
    this.#strangers = new GroupCommit({
      ...options,
      ...limits,
      limits: { ...limits, ...limits.strangers },
      onConnect: () => Promise.resolve(),
    })
    this.#lostRefusals = new LostRefusals({
      everyMs: limits.lostRefusalsEveryMs,
      now,
      warn: options.warn,
      record: (summary) => this.#writer.writeSummary(this.#exchanges, summary),
    })
  }

  /** Connects. Resolves after the first attempt; a database that is away is waited for. */
  async start(): Promise<void> {
    await Promise.all([this.#exchanges.start(), this.#strangers.start()])
  }

  /** Writes what waits and closes. Call when no exchange is in progress any more. */
  async close(): Promise<void> {
    await this.#strangers.close()
    await this.#lostRefusals.close()
    await this.#exchanges.close()
  }

  state(): MessageLogState {
    const exchanges = this.#exchanges.waiting
    const strangers = this.#strangers.waiting
    return {
      ready: this.#exchanges.isHealthy,
      waitingRecords: exchanges.records + strangers.records,
      waitingBytes: exchanges.bytes + strangers.bytes,
      commits: this.#exchanges.commits + this.#strangers.commits,
      entries: this.#writer.entries,
      refusalsLost: this.#lostRefusals.total,
    }
  }

  /**
   * Step 4: makes the request durable, and its message id taken.
   * @throws Fault DUPLICATE_MESSAGE, AUDIT_UNAVAILABLE
   */
  async logRequest(validated: ValidatedRequest): Promise<LoggedRequest> {
    const { consumer, messageId } = validated.envelope
    const messageIdDigest = hash('sha256', `${consumer}\0${messageId}`, 'buffer')
    const takenId = messageIdDigest.toString('base64url')
    if (!this.#recentIds.take(takenId)) throw new Fault('DUPLICATE_MESSAGE')
    try {
      const { derived } = validated
      const message = {
        head: validated.content.head(),
        payload: validated.verified.payload,
        derived: derived && derivedPieces(derived),
      }
      const { exchangeId } = validated
      const written = await this.#writer.write(
        { commits: this.#exchanges, party: consumer, half: 1, exchangeId, messageIdDigest },
        message,
        (context) => requestEntry(validated, context),
      )
      if (written.result === 'exists') throw outcomeExists()
      // Field by field, as at every stage: spreading costs 2.5 us an object on Node 20.
      const logged = {
        exchangeId: validated.exchangeId,
        receivedAt: validated.receivedAt,
        adapter: validated.adapter,
        content: validated.content,
        remoteAddress: validated.remoteAddress,
        verified: validated.verified,
        envelope: validated.envelope,
        signer: validated.signer,
        route: validated.route,
        contractVersion: validated.contractVersion,
        mappingVersion: validated.mappingVersion,
        derived: validated.derived,
        entry: written.entry,
      } as LoggedRequest
      this.#made.add(logged)
      return logged
    } catch (error) {
      const isTaken = error instanceof Fault && error.code === 'DUPLICATE_MESSAGE'
      if (!isTaken) this.#recentIds.release(takenId)
      throw error
    }
  }

  /** Whether this very request was made durable here; a copy of it was not. */
  holds(logged: LoggedRequest): boolean {
    return this.#made.has(logged)
  }

  /**
   * Step 8: makes the answer durable.
   * @throws Fault AUDIT_UNAVAILABLE
   */
  async logReply(reply: MediatedReply, logged: LoggedRequest): Promise<LoggedReply> {
    const message = {
      head: answerHead(reply),
      payload: reply.content.payload,
      derived: reply.mediated.derived && answerPieces(reply.forConsumer),
    }
    const { exchangeId, envelope } = logged
    const requestLeafHash = logged.entry.leafHash
    const party = envelope.consumer
    const written = await this.#writer.write(
      { commits: this.#exchanges, party, half: 2, exchangeId, requestLeafHash },
      message,
      (context) => replyEntry(reply, logged, context),
    )
    if (written.result === 'exists') throw outcomeExists()
    return {
      content: reply.content,
      delivered: reply.delivered,
      deliveredAt: reply.deliveredAt,
      receivedAt: reply.receivedAt,
      signer: reply.signer,
      forConsumer: reply.forConsumer,
      mediated: reply.mediated,
      entry: written.entry,
    } as LoggedReply
  }

  /**
   * Makes a refusal durable. Never rejects: the consumer gets its fault all the same.
   * @returns undefined where the log could not take it, or has another outcome of the exchange already
   */
  async logRefusal(
    fault: Fault,
    reached: RequestStage,
    circumstances: RefusalCircumstances = {},
  ): Promise<LoggedEntry | undefined> {
    try {
      const { exchangeId } = reached
      const message = refusedMessage(fault.code, reached, circumstances.answer)
      const [commits, party] =
        'envelope' in reached
          ? [this.#exchanges, reached.envelope.consumer]
          : [this.#strangers, reached.remoteAddress]
      const requestLeafHash = 'entry' in reached ? reached.entry.leafHash : undefined
      const { result, entry } = await this.#writer.write(
        { commits, party, half: 2, exchangeId, requestLeafHash },
        message,
        (context) => refusalEntry(fault, reached, context, circumstances),
      )
      return result === 'exists' ? undefined : entry
    } catch (error) {
      this.#lostRefusals.add(fault, reached.exchangeId, error)
      return undefined
    }
  }
}

function outcomeExists(): Fault {
  return new Fault('AUDIT_UNAVAILABLE', {
    detail: 'The exchange has another entry in the message log already.',
  })
}

// What overloads the bus, comes again and again or must not be kept leaves no payload.
const withoutPayload: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'AUDIT_UNAVAILABLE',
  'CLASSIFICATION_FORBIDDEN',
  'DUPLICATE_MESSAGE',
  'PAYLOAD_TOO_LARGE',
  'THROTTLED',
])

/**
 * The refused message: the provider's answer, which tells who is to blame (C4); or the request, where
 * it was verified as a whole, may be kept and is not in the log already.
 */
function refusedMessage(
  code: FaultCode,
  reached: RequestStage,
  answer: ReceivedReply | undefined,
): LoggedMessage | undefined {
  if (withoutPayload.has(code)) return undefined
  if (answer) return { head: answerHead(answer), payload: answer.content.payload }
  if (!('verified' in reached) || 'entry' in reached) return undefined
  const { content, verified } = reached
  return 'payload' in verified ? { head: content.head(), payload: verified.payload } : undefined
}
