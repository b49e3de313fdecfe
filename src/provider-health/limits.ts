/** A service that is faulty again so soon after a connection could be made is restored by an exchange alone. */
export const relapseMs = 600_000
/** Connections that one worker tries at a time. */
export const probesAtOnce = 16

/** Connections of a worker to the database, for this; there are none while all providers are well. */
export const healthConnections = {
  connectionTimeoutMs: 5_000,
  statementTimeoutMs: 5_000,
  connectionsMax: 1,
  idleTimeoutMs: 10_000,
} as const
