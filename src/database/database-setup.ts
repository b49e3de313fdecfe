import type pg from 'pg'
import { roles } from './connection.js'

/** The database lacks something that this login may not give it; the message says what to do. */
export class DatabaseSetupError extends Error {
  override readonly name = 'DatabaseSetupError'
}

/** The schema that holds every table of the bus. */
export const schema = 'sluice'

interface SetupFacts {
  readonly login: string
  readonly isSuperuser: boolean
  /** Who owns the schema; null where there is none yet. */
  readonly owner: string | null
  readonly isOwn: boolean | null
  /** Those of the bus's roles that exist. */
  readonly roles: readonly string[]
}

/**
 * Sees to it that the schema and the bus's roles exist, and that the logins may take the roles on.
 * @param client - a session of the login that owns the schema, or is to own it
 * @param busLogin - the login that workers have, where it is another
 * @throws DatabaseSetupError with every statement a database administrator has to run
 */
export async function setUpDatabase(client: pg.Client, busLogin?: string): Promise<void> {
  const { login, owner, isOwn } = await factsOf(client)
  if (owner !== null && isOwn !== true) {
    throw new DatabaseSetupError(
      `The login "${login}" does not own the schema ${schema}; "${owner}" does. ` +
        `Name that login in DATABASE_MIGRATION_URL.`,
    )
  }
  let why: unknown
  for (const statement of await lackingStatements(client, busLogin)) {
    await client.query(statement).catch((error: unknown) => (why ??= error))
  }
  // Asked again rather than concluded from errors: roles belong to the whole server, and another
  // database's bus may just have made them.
  const lacking = await lackingStatements(client, busLogin)
  if (lacking.length === 0) return
  throw new DatabaseSetupError(
    `The login "${login}" may not set up the bus's database (${messageOf(why)}). ` +
      `Let a database administrator run, in this database: ${lacking.join('; ')};`,
    { cause: why },
  )
}

async function factsOf(client: pg.Client): Promise<SetupFacts> {
  const { rows } = await client.query<SetupFacts>(
    `SELECT current_user AS login, current_setting('is_superuser') = 'on' AS "isSuperuser",
            pg_get_userbyid(nspowner) AS owner, pg_has_role(nspowner, 'USAGE') AS "isOwn",
            ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($2)) AS roles
       FROM (VALUES (1)) AS one LEFT JOIN pg_namespace ON nspname = $1`,
    [schema, Object.values(roles)],
  )
  const [facts] = rows
  if (!facts) throw new Error('a row of constants is always there')
  return facts
}

/** What is still to be run, by this login or, where it may not, by an administrator. */
async function lackingStatements(
  client: pg.Client,
  busLogin: string | undefined,
): Promise<string[]> {
  const { login, isSuperuser, owner, roles: made } = await factsOf(client)
  const names = Object.values(roles)
  const to = client.escapeIdentifier(login)
  const statements = names
    .filter((name) => !made.includes(name))
    .map((name) => `CREATE ROLE ${name} NOLOGIN`)
  for (const name of names) {
    const mayTakeOn = isSuperuser || (made.includes(name) && (await mayBecome(client, name)))
    if (!mayTakeOn) statements.push(`GRANT ${name} TO ${to}`)
  }
  if (busLogin !== undefined && !(await isMember(client, busLogin, roles.bus))) {
    statements.push(`GRANT ${roles.bus} TO ${client.escapeIdentifier(busLogin)}`)
  }
  if (owner === null) statements.push(`CREATE SCHEMA ${schema} AUTHORIZATION ${to}`)
  return statements
}

/** Trying is the one check that means the same on every version of PostgreSQL. */
async function mayBecome(client: pg.Client, role: string): Promise<boolean> {
  try {
    await client.query(`SET ROLE ${role}`)
    return true
  } catch {
    return false
  } finally {
    await client.query('RESET ROLE')
  }
}

async function isMember(client: pg.Client, login: string, role: string): Promise<boolean> {
  const found = await client.query(
    `SELECT FROM pg_roles AS login, pg_roles AS role
      WHERE login.rolname = $1 AND role.rolname = $2 AND pg_has_role(login.oid, role.oid, 'MEMBER')`,
    [login, role],
  )
  return found.rowCount === 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
