import { createClient, roles } from './connection.js'
import { DatabaseSetupError, schema } from './database-setup.js'
import { migrate } from './migrate.js'

/** Addresses of an operator's own PostgreSQL. */
export interface ExternalDatabase {
  /** The login that the bus works under. */
  readonly bus: string
  /** The login that owns the bus's tables; may be the same. */
  readonly owner: string
}

export interface PreparedDatabase {
  /** Names of the migrations run now. */
  readonly migrations: readonly string[]
  /** Whether the bus's login can do more than its role may; one that owns the tables can. */
  readonly isBusLoginWide: boolean
}

const connectionTimeoutMs = 10_000
const insufficientPrivilege = '42501'
const invalidParameter = '22023'

/**
 * Migrates an operator's PostgreSQL and tries the bus's login.
 * @throws DatabaseSetupError in words for the person who started the bus; passwords are not in them
 */
export async function prepareExternalDatabase(urls: ExternalDatabase): Promise<PreparedDatabase> {
  const setting = urls.owner === urls.bus ? 'DATABASE_URL' : 'DATABASE_MIGRATION_URL'
  const busLogin = loginOf(urls.bus)
  const migrations = await migrate(urls.owner, busLogin || undefined).catch((error: unknown) => {
    throw migrationTrouble(setting, urls.owner, error)
  })
  return { migrations, isBusLoginWide: await tryBusLogin(urls.bus) }
}

/** @returns whether the login can do more than the bus's role may */
async function tryBusLogin(url: string): Promise<boolean> {
  const client = createClient({
    url,
    role: 'bus',
    applicationName: 'sluice start',
    connectionTimeoutMs,
    statementTimeoutMs: connectionTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ isWide: boolean }>(
      `SELECT bool_or(rolcreaterole OR pg_has_role(session_user, nspowner, 'MEMBER')
                      OR pg_has_role(session_user, $2, 'MEMBER')) AS "isWide"
         FROM pg_namespace, pg_roles WHERE nspname = $1 AND rolname = session_user`,
      [schema, roles.jobs],
    )
    return rows[0]?.isWide ?? true
  } catch (error) {
    const mayNotBecome = [insufficientPrivilege, invalidParameter].includes(codeOf(error))
    if (!mayNotBecome) throw connectionTrouble('DATABASE_URL', url, error)
    throw new DatabaseSetupError(
      `DATABASE_URL: the login "${loginOf(url)}" may not take on the role ${roles.bus}. ` +
        `Let a database administrator run: GRANT ${roles.bus} TO "${loginOf(url)}";`,
      { cause: error },
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

function migrationTrouble(setting: string, url: string, error: unknown): Error {
  if (error instanceof DatabaseSetupError) return error
  if (codeOf(error) !== insufficientPrivilege) return connectionTrouble(setting, url, error)
  return new DatabaseSetupError(
    `${setting}: the login "${loginOf(url)}" may not change the bus's tables (${messageOf(error)}). ` +
      'Name the login that owns them in DATABASE_MIGRATION_URL.',
    { cause: error },
  )
}

/** What the server says is repeated; the address is, without its login. */
function connectionTrouble(setting: string, url: string, error: unknown): Error {
  const { host } = new URL(url)
  return new DatabaseSetupError(
    `${setting}: the PostgreSQL at ${host} cannot be used: ${messageOf(error)}`,
    { cause: error },
  )
}

function loginOf(url: string): string {
  return decodeURIComponent(new URL(url).username)
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? ''
}

// An error for several addresses of one host has its texts inside.
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
