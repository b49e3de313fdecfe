import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { createClient, roles, type Role } from './connection.js'

/** Addresses of the logins that workers, jobs, auditors and the admin API have in the embedded database: secrets. */
export type LoginUrls = Readonly<Record<Role, string>>

const logins: LoginUrls = {
  bus: 'sluice_bus_login',
  jobs: 'sluice_jobs_login',
  auditor: 'sluice_auditor_login',
  admin: 'sluice_admin_login',
}

// A login may take on its one role. Without the role, after SET ROLE NONE, it may do nothing.
const attributes = 'LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'

const passwordBytes = 24
const connectionTimeoutMs = 10_000

/**
 * Gives workers, jobs, auditors and the admin API a login each in the embedded database, so that no session of
 * theirs can become its superuser. Passwords are new at every call and kept nowhere; a cluster that was made
 * by an earlier build gets its logins here.
 * @param ownerUrl - address of the superuser of a migrated cluster
 */
export async function renewLogins(ownerUrl: string): Promise<LoginUrls> {
  const client = createClient({
    url: ownerUrl,
    role: 'owner',
    applicationName: 'sluice logins',
    connectionTimeoutMs,
    statementTimeoutMs: connectionTimeoutMs,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    // Else everybody who may connect may make tables, if only for a session.
    await client.query('REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC')
    return {
      bus: await renewLogin(client, ownerUrl, 'bus'),
      jobs: await renewLogin(client, ownerUrl, 'jobs'),
      auditor: await renewLogin(client, ownerUrl, 'auditor'),
      admin: await renewLogin(client, ownerUrl, 'admin'),
    }
  } finally {
    await client.end()
  }
}

async function renewLogin(client: pg.Client, ownerUrl: string, role: Role): Promise<string> {
  const login = logins[role]
  const password = randomBytes(passwordBytes).toString('base64url')
  const found = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [login])
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER'
  await client.query(
    `${verb} ROLE ${login} ${attributes} PASSWORD ${client.escapeLiteral(password)}`,
  )
  await client.query(`GRANT ${roles[role]} TO ${login}`)
  const url = new URL(ownerUrl)
  url.username = login
  url.password = password
  return url.href
}
