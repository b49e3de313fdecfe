import { writeNotices } from '../../notice/notice.store.js'
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

/** Into the inbox of the member. */
export const tellMember: Tell = async (client, notice) => {
  await writeNotices(client, [notice])
}

/** {@link Tell} for who is handed its parts. */
export class TellOf {
  readonly tell: Tell

  constructor(tell: Tell) {
    this.tell = tell
  }
}
