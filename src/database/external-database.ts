import { busRole, createClient } from './connection.js'
import { DatabaseSetupError } from './bus-role.js'
import { migrate } from './migrate.js'

/** Addresses of an operator's own PostgreSQL. */
export interface ExternalDatabase {
  /** The login that the bus works under. */
  readonly bus: string
  /** The login that owns the bus's tables; may be the same. */
  readonly owner: string
}

const connectionTimeoutMs = 10_000
const insufficientPrivilege = '42501'
const invalidParameter = '22023'

/**
 * Migrates an operator's PostgreSQL and tries the bus's login.
 * @returns names of the migrations run now
 * @throws DatabaseSetupError in words for the person who started the bus; passwords are not in them
 */
export async function prepareExternalDatabase(urls: ExternalDatabase): Promise<string[]> {
  const setting = urls.owner === urls.bus ? 'DATABASE_URL' : 'DATABASE_MIGRATION_URL'
  const done = await migrate(urls.owner).catch((error: unknown) => {
    throw migrationTrouble(setting, urls.owner, error)
  })
  await tryBusLogin(urls.bus)
  return done
}

async function tryBusLogin(url: string): Promise<void> {
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
    await client.query('SELECT 1')
  } catch (error) {
    const mayNotBecome = [insufficientPrivilege, invalidParameter].includes(codeOf(error))
    if (!mayNotBecome) throw connectionTrouble('DATABASE_URL', url, error)
    throw new DatabaseSetupError(
      `DATABASE_URL: the login "${loginOf(url)}" may not take on the role ${busRole}. ` +
        `Let a database administrator run: GRANT ${busRole} TO "${loginOf(url)}";`,
      { cause: error },
    )
  } finally {
    await client.end().catch(() => undefined)
  }
}

function migrationTrouble(setting: string, url: string, error: unknown): Error {
  if (error instanceof DatabaseSetupError) return error
  if (codeOf(error) !== insufficientPrivilege) return connectionTrouble(setting, url, error)
  const { pathname } = new URL(url)
  return new DatabaseSetupError(
    `${setting}: the login "${loginOf(url)}" may not set up the bus's tables (${messageOf(error)}). ` +
      `Let a database administrator run: GRANT CREATE ON DATABASE "${decodeURIComponent(pathname.slice(1))}" ` +
      `TO "${loginOf(url)}"; or name the login that owns the schema sluice in DATABASE_MIGRATION_URL.`,
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
