import type { BilingualText } from './fault.js'
import type { ServiceId, SubsystemId } from './identifier.js'

/**
 * What the sender of a one-way message is told of it: it is in the recipient's queue or with its system, its system has
 * accepted it, has registered it, or it was refused with a ground.
 */
export const noticeCodes = ['CATDIRILIB', 'QEBUL_EDILIB', 'QEYDIYYATA_ALINIB', 'IMTINA'] as const

export type NoticeCode = (typeof noticeCodes)[number]

/** Those that recipients give themselves. */
export type RecipientNoticeCode = Exclude<NoticeCode, 'CATDIRILIB'>

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
}

/** Where a message is. */
export type MessageState = 'waiting' | 'delivered' | 'refused' | 'unresolved'

export interface MessageStatus {
  readonly exchangeId: string
  readonly messageId: string
  readonly service: ServiceId
  readonly acceptedAt: Date
  readonly state: MessageState
  /** Attempts so far, and why the last failed, where it waits. */
  readonly attempts: number
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
   * @throws Fault TARGET_UNREGISTERED where this recipient got no such message, AUDIT_UNAVAILABLE
   */
  take(notice: RecipientNotice): Promise<void>
}
