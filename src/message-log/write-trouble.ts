import { Fault } from '../exchange/fault.js'

/** What an exchange is refused with whose record cannot become durable. */
export function unavailable(detail: string, cause?: unknown): Fault {
  return new Fault('AUDIT_UNAVAILABLE', { detail, cause })
}

function codeOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: string; severity?: string }
  // Node's own errors have codes too, such as ECONNRESET; only the server's have a severity.
  return severity === undefined ? undefined : code
}

/** A record's payload could not be read from the disk: nobody else's record is to suffer for it. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord'
}

/** SQLSTATE classes that speak of the data of some record: data, constraint, transaction rollback. */
export function isTroubleOfRecord(error: unknown): boolean {
  return error instanceof UnreadableRecord || /^(22|23|40)/.test(codeOf(error) ?? '')
}

/** Whether the connection is of no use any more: lost, shut down, or to a server that is read-only. */
export function isConnectionTrouble(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined || /^(08|57P0|25006)/.test(code)
}

/** Lost, as opposed to hung: the driver's own time limit means that a second try would hang too. */
export function isLost(error: unknown): boolean {
  return isConnectionTrouble(error) && (error as Error).message !== 'Query read timeout'
}
