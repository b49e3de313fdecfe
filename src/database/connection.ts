import pg from 'pg'

/**
 * The bus's roles, none with a login. `bus`: what workers may do; it can add to the log, never change
 * or forget. `jobs`: what only the node's jobs may do. `auditor`: reads the logs and changes nothing.
 * `admin`: what the admin API may do: change the registry, and say so in the audit log.
 */
export const roles = {
  bus: 'sluice_bus',
  jobs: 'sluice_jobs',
  auditor: 'sluice_auditor',
  admin: 'sluice_admin',
} as const
export type Role = keyof typeof roles

export interface ConnectionOptions {
  /** Connection address, `postgres://…`. */
  readonly url: string
  /** `bus`, `jobs`: only what that role may do. `owner`: whoever the address logs in as. */
  readonly role: Role | 'owner'
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** Longest wait for a connection, milliseconds. */
  readonly connectionTimeoutMs: number
  /** Longest run of one statement, held by the server, milliseconds; 0 is no limit. */
  readonly statementTimeoutMs: number
}

export interface PoolOptions extends ConnectionOptions {
  readonly connectionsMax: number
  /** An unused connection is closed after this time, milliseconds. */
  readonly idleTimeoutMs: number
}

const keepAliveDelayMs = 10_000
const queryTimeoutMarginMs = 2_000

/** The address with a role in its options, so that every session of it starts in that role. */
export function withRole(url: string, role: Role): string {
  const address = new URL(url)
  const options = address.searchParams.get('options')
  address.searchParams.set('options', `${options ? `${options} ` : ''}-c role=${roles[role]}`)
  // The driver decodes percent signs only; a form's plus sign for a space would stay.
  return address.href.replaceAll('+', '%20')
}

/** Every limit of a connection, given to the driver by name. */
function clientConfig(options: ConnectionOptions): pg.ClientConfig {
  return {
    connectionString: options.role === 'owner' ? options.url : withRole(options.url, options.role),
    application_name: options.applicationName,
    connectionTimeoutMillis: options.connectionTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    // Where the server itself is out of reach, its own limit does not help.
    ...(options.statementTimeoutMs > 0
      ? { query_timeout: options.statementTimeoutMs + queryTimeoutMarginMs }
      : {}),
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
  }
}

/** One connection, not yet opened. The caller listens to `error` and ends it. */
export function createClient(options: ConnectionOptions): pg.Client {
  return new pg.Client(clientConfig(options))
}

/** Several connections, opened when needed. The caller ends it. */
export function createPool(
  options: PoolOptions,
  onError: (error: Error) => void = () => undefined,
): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(options),
    max: options.connectionsMax,
    idleTimeoutMillis: options.idleTimeoutMs,
  })
  // One that breaks while it is in use is told of by what it was used for, and must not end the process either.
  pool.on('connect', (client) => client.on('error', () => undefined))
  // An idle connection that breaks must not end the process.
  return pool.on('error', onError)
}
