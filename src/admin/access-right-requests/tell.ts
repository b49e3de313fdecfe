import type { AdminTransaction } from '../admin-database.store.js'

export type RequestNoticeKind =
  'access-right.asked' | 'access-right.granted' | 'access-right.refused' | 'access-right.withdrawn'

/** What the other side of a request is told. */
export interface RequestNotice {
  /** Whose administrators are told. */
  readonly member: string
  readonly kind: RequestNoticeKind
  /** The request's id, or that of the right. */
  readonly subject: string
  readonly data: Readonly<Record<string, string>>
}

/** Tells somebody, within the transaction of what is told. */
export type Tell = (client: AdminTransaction, notice: RequestNotice) => Promise<void>

/** Where no notices are kept: whoever wants to know looks at the list. */
export const tellNobody: Tell = () => Promise.resolve()

/** {@link Tell} for who is handed its parts. */
export class TellOf {
  readonly tell: Tell

  constructor(tell: Tell) {
    this.tell = tell
  }
}
