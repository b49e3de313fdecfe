import type pg from 'pg'
import { busRole } from './connection.js'

/** The database lacks something that this login may not give it; the message holds the SQL to run. */
export class DatabaseSetupError extends Error {
  override readonly name = 'DatabaseSetupError'
}

const duplicateObject = '42710'

/**
 * Sees to it that the bus's role exists and that this login may take it on.
 * @throws DatabaseSetupError with the SQL a database administrator has to run
 */
export async function ensureBusRole(client: pg.Client): Promise<void> {
  const login = (await client.query<{ name: string }>('SELECT current_user AS name')).rows[0]?.name
  const remedy =
    `Let a database administrator run: CREATE ROLE ${busRole} NOLOGIN; ` +
    `GRANT ${busRole} TO ${client.escapeIdentifier(login ?? '')};`
  try {
    if (!(await roleExists(client))) await createRole(client)
    if (!(await mayBecome(client))) await client.query(`GRANT ${busRole} TO CURRENT_USER`)
  } catch (cause) {
    throw new DatabaseSetupError(
      `The role ${busRole} could not be set up (${(cause as Error).message}). ${remedy}`,
      { cause },
    )
  }
  if (!(await mayBecome(client))) throw new DatabaseSetupError(remedy)
}

async function roleExists(client: pg.Client): Promise<boolean> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [busRole])
  return found.rowCount === 1
}

async function createRole(client: pg.Client): Promise<void> {
  await client.query(`CREATE ROLE ${busRole} NOLOGIN`).catch((error: unknown) => {
    // Roles belong to the whole server; another database's bus may just have made it.
    if ((error as { code?: string }).code !== duplicateObject) throw error
  })
}

/** Trying is the one check that means the same on every version of PostgreSQL. */
async function mayBecome(client: pg.Client): Promise<boolean> {
  try {
    await client.query(`SET ROLE ${busRole}`)
    return true
  } catch {
    return false
  } finally {
    await client.query('RESET ROLE')
  }
}
