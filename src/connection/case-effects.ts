import type { Actor } from '../audit-log/act.js'
import type { CaseTransaction } from './case.store.js'
import type { CaseDocument, ConnectionCase } from './connection-case.js'

/** Who moves a case. */
export interface CaseCaller {
  readonly administratorId: string
  readonly name: string
  actor(): Actor
}

/** The move of a case within the transaction of what it brings about; each part is called once. */
export interface CaseMove {
  /** First: locks the case, and looks whether it may go there now. Whatever it throws ends the transaction. */
  check(client: CaseTransaction): Promise<void>
  /** Last: writes the step with the documents that were made. */
  write(client: CaseTransaction, documents: readonly CaseDocument[]): Promise<void>
}

/**
 * What a case brings about outside itself. Registration and connection change the registry, which has a transaction
 * of its own: so they are handed the move, and carry it out within that one, also where the registry has nothing to change.
 */
export interface CaseEffects {
  /**
   * The agreement in force gets its annex for the object, in the transaction of the move to CONTRACTED.
   * @returns the annex
   * @throws Problem CONFLICT where the participant has no agreement in force
   */
  concluded(
    client: CaseTransaction,
    connectionCase: ConnectionCase,
    caller: CaseCaller,
  ): Promise<readonly CaseDocument[]>
  /**
   * Writes the object into the registry, not connected yet, a system with its certificate.
   * @throws Problem CONFLICT, UNPROCESSABLE with the places
   */
  registered(connectionCase: ConnectionCase, caller: CaseCaller, move: CaseMove): Promise<void>
  /**
   * Makes the object active, and writes the act of connection. That a service's system is connected is the case's to know.
   * @throws Problem CONFLICT, UNPROCESSABLE with the places
   */
  connected(connectionCase: ConnectionCase, caller: CaseCaller, move: CaseMove): Promise<void>
}
