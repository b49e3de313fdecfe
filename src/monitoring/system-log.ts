import { pino, type Logger } from 'pino'

export type SystemLog = Logger

/**
 * The system log: what the engineer on call reads. Structured lines with the exchange id; no
 * payloads, no headers, no personal data. The message log and the audit log are other things.
 */
export function createSystemLog(
  level: string,
  bindings: Readonly<Record<string, unknown>>,
): SystemLog {
  return pino({
    level,
    base: { ...bindings },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  })
}

/** An error with its chain of causes, without the properties that libraries hang on errors. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: typeof error }
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  }
}

/** The same in words alone: of what is expected to happen, the place in the code tells nobody anything. */
export function reasonsOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  return error.cause === undefined ? error.message : `${error.message}: ${reasonsOf(error.cause)}`
}
