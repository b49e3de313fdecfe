import type { Actor } from '../audit-log/act.js'
import type { CaseTransaction } from './case.store.js'
import type { CaseDocument, ConnectionCase } from './connection-case.js'

/** Who moves a case. */
export interface CaseCaller {
  readonly administratorId: string
  readonly name: string
  actor(): Actor
}

/**
 * What a case brings about outside itself, in the transaction of its move, in which the case is locked and may go there. What it
 * throws, such as a Problem CONFLICT or UNPROCESSABLE, leaves the case where it is.
 * @returns documents that were made of it
 */
export type CaseEffect = (
  client: CaseTransaction,
  connectionCase: ConnectionCase,
  caller: CaseCaller,
) => Promise<readonly CaseDocument[]>

export interface CaseEffects {
  /** Whether the object could be registered as the application has it, of which nothing is written. Once there is an agreement, it is too late to ask. */
  readonly rehearsed: (
    client: CaseTransaction,
    connectionCase: ConnectionCase,
    caller: CaseCaller,
  ) => Promise<void>
  /** Whether the key of the application's request or certificate is no other system's. */
  readonly keyLooked: (client: CaseTransaction, connectionCase: ConnectionCase) => Promise<void>
  /** The agreement in force, without which there is a CONFLICT, gets its annex for the object. */
  readonly concluded: CaseEffect
  /** The object gets into the registry, not connected yet, a system with its certificate. */
  readonly registered: CaseEffect
  /** The object is active from now on, and there is an act of connection. That a service's system is connected is looked after by the case. */
  readonly connected: CaseEffect
  /** Its annex, where there is one that nothing was connected by, ends with the case. */
  readonly archived: (client: CaseTransaction, connectionCase: ConnectionCase) => Promise<void>
}
