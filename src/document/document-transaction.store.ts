import type { ClientBase } from 'pg'

/** A session within the transaction of what is put into writing. */
export type DocumentTransaction = ClientBase
