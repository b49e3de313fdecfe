import { hash } from 'node:crypto'
import { v7 } from 'uuid'
import { canonicalJson } from '../canonical-json.js'
import type { StoredFacts } from '../exchange/stored-request.js'
import {
  noticeCodes,
  recipientNoticeCodes,
  type NoticeCode,
  type RecipientNotice,
} from '../exchange/message-notice.js'
import type { LoggedMessage } from './entry-writer.store.js'
import type { EntryContext } from './exchange-entry.js'
import type { EntryFields } from './entry.js'

/** The message that a notice tells of. */
export interface NotedMessage {
  readonly facts: StoredFacts
  /** Leaf hash of its request's entry. */
  readonly requestLeafHash: Uint8Array
}

/** The notices that another one can follow. */
const followed = [undefined, 'CATDIRILIB', 'QEBUL_EDILIB'] as const

/**
 * The exchange id of a notice's entry: made of its message's id and the notice that it follows. So of two that are said
 * at one time, to whichever workers, one has an entry already, and is looked at again. It has the time of its message,
 * and those of one message are in their order.
 * @param after - the last that was said of the message before; undefined where there is none
 */
export function noticeIdOf(exchangeId: string, after: NoticeCode | undefined): string {
  // There are four codes, and none follows the last.
  const place = after === undefined ? 0 : noticeCodes.indexOf(after) + 1
  return idOf(exchangeId, `after ${after ?? ''}`, place)
}

/** The ids that entries of notices of a message may have, those by codes of their own from builds before. */
export function noticeIdsOf(exchangeId: string): readonly string[] {
  return [
    ...followed.map((after) => noticeIdOf(exchangeId, after)),
    ...recipientNoticeCodes.map((code) => idOf(exchangeId, code, noticeCodes.indexOf(code))),
  ]
}

function idOf(exchangeId: string, what: string, place: number): string {
  const random = hash('sha256', `${exchangeId}\0${what}`, 'buffer')
  const msecs = Number.parseInt(exchangeId.slice(0, 8) + exchangeId.slice(9, 13), 16)
  // The first two of the 32 bits behind the time.
  const seq = place * 2 ** 30 + (random.readUInt32BE(16) >>> 2)
  return v7({ msecs, seq, random: random.subarray(0, 16) })
}

/**
 * What a recipient said of a message, or the bus in its place: half 2 of an exchange id of its own, that has no half 1.
 */
export function noticeEntry(
  noticeId: string,
  notice: RecipientNotice,
  { facts, requestLeafHash }: NotedMessage,
  context: EntryContext,
): EntryFields {
  const { message } = notice
  return {
    format: 2,
    kind: 'notice',
    exchangeId: noticeId,
    noticeOf: notice.exchangeId,
    messageId: facts.messageId,
    correlationId: facts.correlationId,
    domain: facts.domain,
    consumer: facts.sender,
    provider: facts.provider,
    service: facts.recipient,
    consumerProtocol: facts.consumerProtocol,
    providerProtocol: facts.providerProtocol,
    receivedAt: message?.receivedAt.toISOString(),
    recordedAt: context.recordedAt.toISOString(),
    outcome: notice.code,
    // Of the bus's own word only: whose matter it is.
    faultSide: notice.instead && 'provider',
    providerCertificate: message?.signer.thumbprint,
    providerCertificateSerial: message?.signer.serialNumber,
    payloadDigest: context.payloadDigest,
    payloadBytes: message?.payload.length,
    headDigest: context.headDigest,
    sealedPayloadDigest: context.sealedPayloadDigest,
    requestEntry: Buffer.from(requestLeafHash).toString('base64url'),
  }
}

const noHead = new Uint8Array()

/**
 * What is kept of a notice: the message of a queue as it was signed. One that came as a request has what was signed in
 * the entry of that exchange, which is named here.
 */
export function noticeMessage(notice: RecipientNotice): LoggedMessage | undefined {
  const { message, exchangeId, code, registration, ground, via, instead } = notice
  // Nobody said anything: what the recipient was sent is in the entries of the message.
  if (instead) return undefined
  if (message) return { head: message.head, payload: message.payload }
  const said = {
    exchangeId,
    notice: code,
    ...(registration && { number: registration.number, date: registration.date }),
    ...(ground !== undefined && { ground }),
    ...(via !== undefined && { via }),
  }
  return { head: noHead, payload: Buffer.from(canonicalJson(said)) }
}
