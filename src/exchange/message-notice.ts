import type { ReceivedRequest, Signer } from './exchange.js'
import type { BilingualText, Fault } from './fault.js'
import type { ServiceId, SubsystemId } from './identifier.js'
import type { MqProperties } from './mq-content.js'

/**
 * What the sender of a one-way message is told of it: it is in the recipient's queue or with its system, its system has
 * accepted it, has registered it, or it was refused with a ground.
 */
export const noticeCodes = ['CATDIRILIB', 'QEBUL_EDILIB', 'QEYDIYYATA_ALINIB', 'IMTINA'] as const

export type NoticeCode = (typeof noticeCodes)[number]

/** Those that recipients give themselves. */
export const recipientNoticeCodes = ['QEBUL_EDILIB', 'QEYDIYYATA_ALINIB', 'IMTINA'] as const

export type RecipientNoticeCode = (typeof recipientNoticeCodes)[number]

/** What people read of a notice. */
export const noticeTexts: Readonly<Record<NoticeCode, BilingualText>> = {
  CATDIRILIB: { az: 'çatdırıldı', en: 'delivered' },
  QEBUL_EDILIB: { az: 'qəbul edildi', en: 'accepted' },
  QEYDIYYATA_ALINIB: { az: 'qeydiyyata alındı', en: 'registered' },
  IMTINA: { az: 'imtina edildi', en: 'refused' },
}

/** Why a message was refused: a code of the fault list, or the recipient's own words. */
export interface RefusalGround extends BilingualText {
  readonly code: string | undefined
}

/** A notice to a sender. */
export interface DeliveryNotice {
  /** Of this very notice: time-ordered UUID. */
  readonly id: string
  readonly code: NoticeCode
  /** Of the message. */
  readonly exchangeId: string
  readonly messageId: string
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly at: Date
  /** Incoming number and date, as the recipient registered it. */
  readonly registration: { readonly number: string; readonly date: string } | undefined
  readonly ground: RefusalGround | undefined
  /** The recipient's own signed words, where they came so: protected header, signature, payload, each base64url. */
  readonly signed:
    { readonly protected: string; readonly signature: string; readonly payload: string } | undefined
}

/** What a recipient says of a message that it got; who says it has been verified. */
export interface RecipientNotice {
  readonly code: RecipientNoticeCode
  readonly exchangeId: string
  /** Whose signature it bears. */
  readonly recipient: SubsystemId
  readonly registration: DeliveryNotice['registration']
  /** The recipient's words, in whatever language. */
  readonly ground: string | undefined
  readonly signed: DeliveryNotice['signed']
  /** The exchange that brought it, where it came as a request: its entry has what was signed. */
  readonly via?: string | undefined
  /** The message that it came in, where it was none that the log has an exchange of. */
  readonly message?: NoticeMessage | undefined
  /** Why, where the recipient said nothing and the bus says it in its place. */
  readonly instead?: RefusalGround | undefined
}

/** What the log keeps of a notice that came as a message of a queue. */
export interface NoticeMessage {
  readonly signer: Signer
  readonly receivedAt: Date
  /** The properties and headers as received: canonical JSON. */
  readonly head: Uint8Array
  readonly payload: Uint8Array
}

/** A recipient's notice in a message of a queue, before anything of it is believed. */
export interface MqNoticeContent {
  readonly properties: MqProperties
  /** Detached JWS of the recipient; undefined where there is none. */
  readonly signature: string | undefined
  readonly payload: Uint8Array
}

/** The same, of which the signature proved right and the certificate is good. Its body says what the code alone does not. */
export interface VerifiedMqNotice {
  /** Its subsystem is the one that the notice says it is from. */
  readonly signer: Signer
  readonly code: RecipientNoticeCode
  readonly exchangeId: string
  readonly signedAt: Date
  readonly signed: NonNullable<DeliveryNotice['signed']>
}

/** Where a message is. */
export type MessageState = 'waiting' | 'delivered' | 'refused' | 'unresolved'

/** What people read of that. */
export const stateTexts: Readonly<Record<MessageState, BilingualText>> = {
  waiting: { az: 'çatdırılmanı gözləyir', en: 'waits for its delivery' },
  delivered: noticeTexts.CATDIRILIB,
  refused: noticeTexts.IMTINA,
  unresolved: { az: 'nəticəsi məlum deyil', en: 'outcome not known' },
}

export interface MessageStatus {
  readonly exchangeId: string
  readonly messageId: string
  readonly service: ServiceId
  readonly acceptedAt: Date
  readonly state: MessageState
  /** Attempts so far, and the code of the fault that the last ended with, where it waits. */
  readonly attempts: number
  readonly lastFault: string | undefined
  readonly expiresAt: Date | undefined
  readonly notices: readonly DeliveryNotice[]
}

/** What senders and recipients of one-way messages ask and say. */
export interface MessageDesk {
  /** @returns undefined where this subsystem sent no such message */
  status(sender: SubsystemId, exchangeId: string): Promise<MessageStatus | undefined>
  /**
   * Makes a recipient's notice durable, with an entry of its own, and hands it on to the sender. The same one a second
   * time is nothing new.
   * @throws Fault TARGET_UNREGISTERED where this recipient got no such message, REQUEST_INVALID where another notice
   *   that it gave before stands against it, AUDIT_UNAVAILABLE
   */
  take(notice: RecipientNotice): Promise<void>
  /**
   * Ends a message that its recipient's queue gave up after it had been delivered: its sender is told IMTINA, with an
   * entry. Nothing is told of one of which the recipient has said anything, whose word stands, and of what is no message.
   * @param recipient - whose queue it was in
   * @returns whether its sender is told that it was refused
   * @throws Fault AUDIT_UNAVAILABLE
   */
  giveUp(exchangeId: string, recipient: SubsystemId, ground: RefusalGround): Promise<boolean>
  /** Whether an exchange of any kind has its outcome in the log. @throws Fault AUDIT_UNAVAILABLE */
  hasOutcome(exchangeId: string): Promise<boolean>
  /** Makes durable that a recipient's notice was refused. MUST resolve even if the log cannot write. */
  refuse(fault: Fault, received: ReceivedRequest): Promise<void>
}
