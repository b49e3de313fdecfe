import type { ConsumeMessage } from 'amqplib'
import { deadQueue, unroutableQueue } from '../../src/broker/names.js'
import type { DeadlineSignal } from '../../src/exchange/deadline.js'
import type { Fault } from '../../src/exchange/fault.js'
import type { NoticeCode } from '../../src/exchange/message-notice.js'
import { mqLimits } from '../../src/limits/queues.js'
import { latestDeathOf } from './latest-death.js'
import type { Publisher } from './publisher.js'
import { simpleHeaders, textOf, type HeaderValue } from './simple-headers.js'

/** Why: a fault, or what the broker says. */
export type LetterReason = Partial<Pick<Fault, 'field' | 'detail'>> & { readonly code: string }

/** Why a message is put aside for the operator, and where it comes from. */
export interface DeadLetter {
  readonly message: ConsumeMessage
  /** The queue it was in. */
  readonly queue: string
  readonly fault: LetterReason
  /**
   * Whether its sender alone made it what it is, and can make any number of such: those are kept apart, so that no
   * letter makes room for them.
   */
  readonly isJunk?: boolean
  /** Whether its sender has been told that it was refused: it must not go to its recipient any more. */
  readonly isTold?: boolean
  /** Whether what is in it is not for who looks at letters. */
  readonly isHeadOnly?: boolean
  /** Of this very letter. */
  readonly id: string
  /** Of its exchange, where there is one; what an unverified message says of itself is among its own headers. */
  readonly exchangeId: string | undefined
  readonly now: Date
}

/**
 * Puts a message that nobody can take where the operator sees it, as it was, with the reason; resolves once it is
 * durable there, and the message may be acknowledged.
 * @throws PublishError
 */
export function putAside(
  letter: DeadLetter,
  publisher: Publisher,
  deadline: DeadlineSignal,
): Promise<void> {
  const { message, id, now, isJunk = false, isHeadOnly = false } = letter
  const { properties, content } = message
  return publisher.confirmed(
    {
      exchange: '',
      routingKey: isJunk ? unroutableQueue : deadQueue,
      body: isHeadOnly ? nothing : content,
      properties: {
        contentType: textOf(properties.contentType),
        messageId: id,
        correlationId: textOf(properties.correlationId),
        replyTo: textOf(properties.replyTo),
        type: textOf(properties.type),
        timestamp: Math.floor(now.getTime() / 1_000),
        headers: headersOf(letter),
        persistent: true,
        mandatory: true,
      },
    },
    deadline,
  )
}

function headersOf(letter: DeadLetter): Record<string, HeaderValue> {
  const { message, queue, fault, exchangeId, isTold = false, isHeadOnly = false } = letter
  const { code, field, detail } = fault
  const headers = writableHeaders(message.properties.headers)
  headers['sluice-dead-reason'] = code
  if (field !== undefined) headers['sluice-dead-field'] = field
  if (detail !== undefined) headers['sluice-dead-detail'] = detail
  headers['sluice-dead-from'] = queue
  // Of one that the broker took out of its queue, where it was published before.
  const { exchange, routingKey } = latestDeathOf(message) ?? message.fields
  headers['sluice-dead-exchange'] = exchange
  headers['sluice-dead-key'] = routingKey
  if (isHeadOnly) headers['sluice-dead-body'] = 'left out'
  if (isTold) headers['sluice-dead-told'] = refused
  if (exchangeId !== undefined) headers['sluice-exchange-id'] = exchangeId
  const messageId = textOf(message.properties.messageId)
  if (messageId !== undefined) headers['sluice-dead-message-id'] = messageId
  return headers
}

const refused: NoticeCode = 'IMTINA'

/** The bus's own, which a publisher may have written, too. */
const isOfLetter = (name: string): boolean =>
  name.startsWith('sluice-dead-') || name === 'sluice-exchange-id'

const nothing = new Uint8Array()

/** Its own headers, unless there are more than the broker's client writes: the letter must not come back for them. */
function writableHeaders(table: object | undefined): Record<string, HeaderValue> {
  const headers = simpleHeaders(table)
  let bytes = 0
  for (const [name, value] of Object.entries(headers)) {
    bytes +=
      16 + Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : 0)
  }
  if (bytes > mqLimits.deadHeadBytesMax) return simpleHeaders(undefined)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOfLetter(name)))
}
