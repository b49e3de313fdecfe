/** What a node's clerk says of a document or card. */
export type Decision =
  | { readonly notice: 'QEYDIYYATA_ALINIB'; readonly number: string; readonly date: string }
  | { readonly notice: 'IMTINA'; readonly ground: string }

/** A notice as a sender reads it, from its queue or at the status address. */
export interface ToldNotice {
  readonly notice: string
  readonly exchangeId: string
  readonly messageId: string
  /** The recipient's service. */
  readonly recipient: string
  readonly number?: string
  readonly date?: string
  readonly text?: Readonly<Record<'az' | 'en', string>>
  readonly ground?: Readonly<Record<'az' | 'en', string>> & { readonly code?: string }
}

/** Of a recipient that refuses nothing. */
export const untilRegistered = ['CATDIRILIB', 'QEBUL_EDILIB', 'QEYDIYYATA_ALINIB'] as const
