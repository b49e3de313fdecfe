import type { ClientBase } from 'pg'

/** A session of the database within a transaction; only stores ask it anything. */
export type AdminTransaction = ClientBase
