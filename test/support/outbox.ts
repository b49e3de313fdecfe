import type pg from 'pg'
import { createClient, createPool } from '../../src/database/connection.js'
import type { ProtocolAdapter } from '../../src/exchange/adapter.js'
import type {
  AuthorisedRequest,
  LoggedRequest,
  MediatedRequest,
  ValidatedRequest,
} from '../../src/exchange/exchange.js'
import {
  parseServiceId,
  parseSubsystemId,
  type SubsystemId,
} from '../../src/exchange/identifier.js'
import type { DeliveryNotice } from '../../src/exchange/message-notice.js'
import type { DeliveryBus } from '../../src/exchange/ports.js'
import type { MessageLog } from '../../src/message-log/message-log.store.js'
import { HeldPartitions } from '../../src/outbox/held-partitions.js'
import { NoticeStore } from '../../src/outbox/notices.store.js'
import { OutboxStore } from '../../src/outbox/outbox.store.js'
import { PartitionKeeper } from '../../src/outbox/partition-keeper.store.js'
import { OutboxRelay } from '../../src/outbox/relay.js'
import type { TestDatabase } from './database.js'
import { startTestLog } from './message-log.js'
import { sampleAccepted, sampleValidated, type SampleWish } from './sample-exchange.js'

/** One-way messages over a real database: the log and the relay are real, the rest of the line is not. */

export interface MessageWish extends SampleWish {
  readonly provider?: SubsystemId
  readonly protocol?: string
}

const firstProvider = parseSubsystemId('AZ/GOV/DIN/GCQ')

/** A one-way message as it is when step 4 takes it. */
export function message(wish: MessageWish = {}): ValidatedRequest {
  const { provider = firstProvider, protocol = 'rest', ...rest } = wish
  const validated = sampleValidated(rest)
  return {
    ...validated,
    adapter: { ...validated.adapter, protocol },
    route: { ...validated.route, provider, service: serviceOf(provider), pattern: 'one-way' },
  }
}

const serviceOf = (provider: SubsystemId) => parseServiceId(`${provider}/sened/v1`)

/** What a recipient got, in the order in which it came. */
export interface Delivery {
  readonly sender: SubsystemId
  readonly provider: SubsystemId
  readonly messageId: string
  readonly payload: string
}

/** The recipients' systems. */
export class Recipients {
  readonly deliveries: Delivery[] = []
  /** Is asked at each delivery; it may throw a fault, wait, or say a status. */
  answer: (delivery: Delivery) => number | Promise<number> = () => 200
}

/** What senders were told by their queues. */
export class Senders {
  readonly told: DeliveryNotice[] = []
  /** Throws where the notice cannot be put into a queue. */
  take: (notice: DeliveryNotice) => void = () => undefined
}

export interface TestWorker {
  readonly relay: OutboxRelay
  readonly log: MessageLog
  readonly warnings: string[]
  /** Exchanges whose answers' room was given back. */
  readonly released: string[]
  /** Logs a message and has the relay know of it, as the line does. */
  readonly accept: (request: ValidatedRequest) => Promise<LoggedRequest>
  /** Ends its database session, as the death of its process does. */
  die(): Promise<void>
  close(): Promise<void>
}

export interface WorkerWish {
  readonly recipients: Recipients
  readonly senders?: Senders
  readonly now?: () => Date
}

/** A worker's log and relay; the relay delivers at once. The caller closes it. */
export async function startWorker(
  { busUrl: url }: TestDatabase,
  { recipients, senders = new Senders(), now = () => new Date() }: WorkerWish,
): Promise<TestWorker> {
  const { log, warnings } = await startTestLog(url, { now })
  const connection = {
    url,
    role: 'bus',
    applicationName: 'sluice test outbox',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 5_000,
  } as const
  const pool = createPool({ ...connection, connectionsMax: 2, idleTimeoutMs: 10_000 })
  const sessions: pg.Client[] = []
  const released: string[] = []
  const warn = (event: string, details: object): unknown =>
    warnings.push(`${event} ${JSON.stringify(details)}`)
  const relay = new OutboxRelay({
    store: new OutboxStore(pool),
    notices: new NoticeStore(pool),
    held: new HeldPartitions(),
    keeperOf: (told) =>
      new PartitionKeeper({
        ...told,
        connect: () => {
          const client = createClient(connection)
          sessions.push(client)
          return client
        },
        warn,
      }),
    bus: deliveryBus(log, recipients, now),
    adapters: new Map(['rest', 'mq'].map((name) => [name, adapterOf(name, senders)])),
    readStored: (exchangeIds) => log.readStored(pool, exchangeIds),
    releaseReply: (exchangeId) => released.push(exchangeId),
    warn,
  })
  relay.start()
  const stop = async (): Promise<void> => {
    await relay.stop()
    await pool.end()
    await log.close()
  }
  return {
    relay,
    log,
    warnings,
    released,
    async accept(request) {
      const logged = await log.logRequest(request)
      relay.accepted(logged)
      return logged
    },
    async die() {
      for (const session of sessions) {
        const { connection } = session as unknown as { connection: pg.Connection }
        connection.stream.destroy()
      }
      await stop()
    },
    close: stop,
  }
}

function adapterOf(protocol: string, senders: Senders): ProtocolAdapter {
  return {
    protocol,
    readEnvelope: () => {
      throw new Error('not read in this test')
    },
    restore: ({ head, payload }) => ({
      format: 'http',
      method: 'POST',
      scheme: 'https',
      authority: 'bus.example',
      target: head.toString('latin1').split(' ')[1] ?? '',
      rawHeaders: [],
      head: () => head,
      readPayload: () => Promise.resolve(payload),
    }),
    ...(protocol === 'mq' && {
      notify(notice: DeliveryNotice) {
        senders.take(notice)
        senders.told.push(notice)
        return Promise.resolve()
      },
    }),
  }
}

/** Step 1 believes what is stored; steps 2 and 3 let all pass; the recipient's system is in this process. */
function deliveryBus(log: MessageLog, recipients: Recipients, now: () => Date): DeliveryBus {
  return {
    async authenticateStored(stored) {
      const { facts, content } = stored
      if (content.format !== 'http') throw new Error(`not kept: ${content.format}`)
      const payload = await content.readPayload(1 << 24, facts.sender)
      const validated = message({
        exchangeId: stored.exchangeId,
        messageId: facts.messageId,
        consumer: facts.sender,
        provider: facts.provider,
        protocol: facts.consumerProtocol,
        payload,
      })
      return { ...validated, receivedAt: stored.receivedAt }
    },
    authorise: (authenticated) => authenticated as AuthorisedRequest,
    validate: (authorised) => authorised as ValidatedRequest,
    recall: (validated, stored) => log.recall(validated, stored),
    mediate: (logged) =>
      ({ logged, mappingVersion: 'none', derived: undefined }) as unknown as MediatedRequest,
    async deliver({ logged }) {
      if (!log.holds(logged)) throw new Error('a request that is not in the log')
      const delivery = {
        sender: logged.envelope.consumer,
        provider: logged.route.provider,
        messageId: logged.envelope.messageId,
        payload: Buffer.from(logged.verified.payload as Uint8Array).toString(),
      }
      const status = await recipients.answer(delivery)
      recipients.deliveries.push(delivery)
      return sampleAccepted({ status })
    },
    acceptReply: (reply) => Promise.resolve(reply as never),
    mediateReply: (accepted) => accepted as never,
    logReply: (reply, logged) => log.logReply(reply, logged),
    refuseStored: (fault, stored, circumstances) => log.refuseStored(fault, stored, circumstances),
    ended: () => undefined,
    now,
  }
}

/** What the database has of messages and their ends. */
export interface OutboxRows {
  readonly waiting: number
  /** Outcomes in the log, by exchange. */
  readonly outcomes: ReadonlyMap<string, string>
  /** Codes of notices by exchange, in their order. */
  readonly notices: ReadonlyMap<string, readonly string[]>
}

export async function rowsOf(owner: pg.Client): Promise<OutboxRows> {
  const waiting = await owner.query('SELECT FROM sluice.outbox_message')
  const outcomes = await owner.query<{ id: string; outcome: string }>(
    'SELECT exchange_id AS id, outcome FROM sluice.message_log_entry WHERE half = 2',
  )
  const notices = await owner.query<{ id: string; code: string }>(
    'SELECT exchange_id AS id, code FROM sluice.outbox_notice ORDER BY position',
  )
  const codes = new Map<string, string[]>()
  for (const { id, code } of notices.rows) codes.set(id, [...(codes.get(id) ?? []), code])
  return {
    waiting: waiting.rowCount ?? 0,
    outcomes: new Map(outcomes.rows.map(({ id, outcome }) => [id, outcome])),
    notices: codes,
  }
}
