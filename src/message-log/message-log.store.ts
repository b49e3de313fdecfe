import type pg from 'pg'
import type {
  LoggedReply,
  LoggedRequest,
  MediatedReply,
  RequestStage,
  ValidatedRequest,
} from '../exchange/exchange.js'
import type { LoggedEntry, SignReceipts } from '../exchange/logged-entry.js'
import type { StoredRequest } from '../exchange/stored-request.js'
import type { ExecutionWord } from '../exchange/execution.js'
import { Fault } from '../exchange/fault.js'
import type { NoticeCode, RecipientNotice } from '../exchange/message-notice.js'
import type { StoredRefusal } from '../exchange/ports.js'
import { messageLogLimits, type MessageLogLimits } from '../limits/message-log.js'
import { answerHead } from './answer-head.js'
import { answerPieces, derivedPieces } from './derived-pieces.js'
import { EntryWriter, type EntryPlace } from './entry-writer.store.js'
import {
  refusalEntry,
  replyEntry,
  requestEntry,
  storedRefusalEntry,
  type RefusalCircumstances,
} from './exchange-entry.js'
import { GroupCommit } from './group-commit.store.js'
import { LostRefusals } from './lost-refusals.js'
import { noticeEntry, noticeIdOf, noticeMessage, type NotedMessage } from './notice-entry.js'
import {
  messageIdDigestOf,
  messageOf,
  noticeOfRecipient,
  noticeOfRefusal,
  noticesOfReply,
} from './one-way.js'
import type { MessageLogState } from './message-log-state.js'
import type { LogReader } from './payload-reader.store.js'
import { RecentIds } from './recent-ids.js'
import { refusedAnswer, refusedMessage } from './refused-message.js'
import { Repeats } from './repeats.store.js'
import { StoredRequests, type KeptEntries } from './stored-requests.store.js'

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
  /** Writes one-way messages, those of one sender in their order. */
  readonly #oneWay: GroupCommit
  readonly #stored: StoredRequests
  readonly #now: () => Date
  readonly #lostRefusals: LostRefusals
  readonly #recentIds: RecentIds
  readonly #repeats: Repeats
  readonly #made = new WeakSet<LoggedRequest>()

  constructor(options: MessageLogOptions) {
    const limits = { ...messageLogLimits, ...options.limits }
    const now = options.now ?? (() => new Date())
    this.#writer = new EntryWriter({ ...options, dataKey: limits.dataKey, now })
    this.#recentIds = new RecentIds(limits.recentIdsMax)
    this.#now = now
    this.#stored = new StoredRequests(options.payloadKey)
    this.#oneWay = new GroupCommit({
      ...options,
      ...limits,
      limits: { ...limits, ...limits.oneWay },
      onConnect: (client) => this.#writer.renewDataKey(client),
    })
    this.#repeats = new Repeats({ ...options, ...limits })
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
    await Promise.all([
      ...[this.#exchanges, this.#strangers, this.#oneWay].map((commits) => commits.start()),
      this.#repeats.start(),
    ])
  }

  /** Writes what waits and closes. Call when no exchange is in progress any more. */
  async close(): Promise<void> {
    await this.#strangers.close()
    await this.#oneWay.close()
    await this.#lostRefusals.close()
    await this.#exchanges.close()
    await this.#repeats.close()
  }

  state(): MessageLogState {
    const exchanges = this.#exchanges.waiting
    const strangers = this.#strangers.waiting
    const oneWay = this.#oneWay.waiting
    return {
      ready: this.#exchanges.isHealthy,
      waitingRecords: exchanges.records + strangers.records + oneWay.records,
      waitingBytes: exchanges.bytes + strangers.bytes + oneWay.bytes,
      commits: this.#exchanges.commits + this.#strangers.commits + this.#oneWay.commits,
      entries: this.#writer.entries,
      refusalsLost: this.#lostRefusals.total,
    }
  }

  /**
   * Step 4: makes the request durable, and its message id taken. A one-way message is in the outbox then.
   * @param words - what a one-way message says of cases; durable with it
   * @throws Fault DUPLICATE_MESSAGE, AUDIT_UNAVAILABLE; of a one-way message REQUEST_INVALID, PAYLOAD_TOO_LARGE
   */
  async logRequest(
    validated: ValidatedRequest,
    words: readonly ExecutionWord[] = [],
  ): Promise<LoggedRequest> {
    const { consumer: party } = validated.envelope
    const isOneWay = validated.route.pattern === 'one-way'
    const outbox = isOneWay ? { message: messageOf(validated, words, this.#now()) } : undefined
    const messageIdDigest = messageIdDigestOf(validated.envelope)
    const takenId = messageIdDigest.toString('base64url')
    if (!this.#recentIds.take(takenId)) {
      throw await this.#repeats.duplicate(validated, messageIdDigest)
    }
    try {
      const { derived } = validated
      const message = {
        head: validated.content.head(),
        payload: validated.verified.payload,
        derived: derived && derivedPieces(derived),
      }
      const { exchangeId } = validated
      const commits = isOneWay ? this.#oneWay : this.#exchanges
      const written = await this.#writer.write(
        { commits, party, half: 1, exchangeId, messageIdDigest, outbox },
        message,
        (context) => requestEntry(validated, context),
      )
      if (written.result === 'exists') throw outcomeExists()
      if (isOneWay) this.#stored.written(exchangeId, written.entry)
      return this.#logged(validated, written.entry)
    } catch (error) {
      const isTaken = error instanceof Fault && error.code === 'DUPLICATE_MESSAGE'
      if (isTaken) throw await this.#repeats.duplicate(validated, messageIdDigest)
      this.#recentIds.release(takenId)
      throw error
    }
  }

  #logged(validated: ValidatedRequest, entry: LoggedEntry): LoggedRequest {
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
      user: validated.user,
      contractVersion: validated.contractVersion,
      mappingVersion: validated.mappingVersion,
      derived: validated.derived,
      subjects: validated.subjects,
      entry,
    } as LoggedRequest
    this.#made.add(logged)
    return logged
  }

  /**
   * One-way requests as the log has them, to be delivered.
   * @param client - a connection under the bus's role
   * @returns those that it has; an error for one that could not be read here
   */
  readStored(client: LogReader, exchangeIds: readonly string[]): Promise<KeptEntries> {
    return this.#stored.read(client, exchangeIds)
  }

  /** Step 4 of a request that was logged before: that this one is in the log is the log's own word. */
  recall(validated: ValidatedRequest, { exchangeId, entry }: StoredRequest): LoggedRequest {
    if (validated.exchangeId !== exchangeId || !this.#stored.isOf(exchangeId, entry)) {
      throw new Error('a request that was not read from the log')
    }
    return this.#logged(validated, entry)
  }

  /** Whether this very request was made durable here; a copy of it was not. */
  holds(logged: LoggedRequest): boolean {
    return this.#made.has(logged)
  }

  /**
   * Step 8: makes the answer durable; of a one-way message with the notices to its sender.
   * @throws Fault AUDIT_UNAVAILABLE
   */
  async logReply(reply: MediatedReply, logged: LoggedRequest): Promise<LoggedReply> {
    const message = {
      head: answerHead(reply),
      payload: reply.content.payload,
      // Of a one-way message nothing goes back, and nothing is made of what was said to it.
      derived: reply.forConsumer === reply.content ? undefined : answerPieces(reply.forConsumer),
    }
    const { exchangeId } = logged
    const [party, requestLeafHash] = [logged.envelope.consumer, logged.entry.leafHash]
    const isOneWay = logged.route.pattern === 'one-way'
    const outbox = isOneWay ? { notices: noticesOfReply(reply, logged, this.#now()) } : undefined
    const written = await this.#writer.write(
      { commits: this.#exchanges, party, half: 2, exchangeId, requestLeafHash, outbox },
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
      filtered: reply.filtered,
      mediated: reply.mediated,
      entry: written.entry,
    } as LoggedReply
  }

  /**
   * Makes a refusal durable. Never rejects: the consumer gets its fault all the same.
   * @returns undefined where the log could not take it, has another outcome of the exchange already, or must not end a
   *   one-way message that may be in the outbox
   */
  async logRefusal(
    fault: Fault,
    reached: RequestStage,
    circumstances: RefusalCircumstances = {},
  ): Promise<LoggedEntry | undefined> {
    try {
      if (mayBeInOutbox(fault, reached)) throw fault
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

  /**
   * Makes durable what a recipient said of a message, and what its sender is told of that.
   * @param after - the last notice of the message that whoever let this one pass had seen
   * @returns whether it is written: not where another one follows that notice already
   * @throws Fault AUDIT_UNAVAILABLE
   */
  async logNotice(
    notice: RecipientNotice,
    message: NotedMessage,
    after: NoticeCode | undefined,
  ): Promise<boolean> {
    const exchangeId = noticeIdOf(notice.exchangeId, after)
    const { facts, requestLeafHash } = message
    const place: EntryPlace = {
      ...{ commits: this.#exchanges, party: facts.provider, exchangeId, requestLeafHash },
      half: 2,
      outbox: { notices: [noticeOfRecipient(exchangeId, notice, facts, this.#now())] },
    }
    const { result } = await this.#writer.write(place, noticeMessage(notice), (context) =>
      noticeEntry(exchangeId, notice, message, context),
    )
    return result !== 'exists'
  }

  /**
   * Makes the refusal of a one-way message durable that had been accepted, with the notice to its sender.
   * @returns undefined where the log could not take it: the message is in the outbox then as before
   */
  async refuseStored(
    fault: Fault,
    stored: StoredRequest,
    { answer, ground }: StoredRefusal,
  ): Promise<LoggedEntry | undefined> {
    const { exchangeId, facts, entry: request } = stored
    const notice = noticeOfRefusal(fault, exchangeId, facts, this.#now(), ground)
    const place: EntryPlace = {
      commits: this.#exchanges,
      party: facts.sender,
      half: 2,
      exchangeId,
      requestLeafHash: request.leafHash,
      outbox: { notices: [notice] },
    }
    try {
      const { result, entry } = await this.#writer.write(
        place,
        refusedAnswer(fault.code, answer),
        (context) => storedRefusalEntry(fault, stored, context, answer),
      )
      return result === 'exists' ? undefined : entry
    } catch {
      // The log says itself why it does not take entries.
      return undefined
    }
  }
}

/**
 * Whether a one-way request may be durable though the log did not say so, as when its connection broke: an outcome
 * would end a message that its sender, who sends it again, is told is in the outbox.
 */
function mayBeInOutbox({ code }: Fault, reached: RequestStage): boolean {
  return (
    code === 'AUDIT_UNAVAILABLE' &&
    'contractVersion' in reached &&
    !('entry' in reached) &&
    reached.route.pattern === 'one-way'
  )
}

function outcomeExists(): Fault {
  return new Fault('AUDIT_UNAVAILABLE', {
    detail: 'The exchange has another entry in the message log already.',
  })
}
