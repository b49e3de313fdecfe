import { execFile } from 'node:child_process'
import { appendFile, chown, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded-postgres.js'

const run = promisify(execFile)

/** By which the primary knows the standby. */
export const standbyName = 'ehtiyat'

/** Runs statements under the owner's login. @returns the rows of the last */
export async function ask(url: string, ...statements: readonly string[]): Promise<object[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    let rows: object[] = []
    for (const statement of statements) ({ rows } = await client.query<object>(statement))
    return rows
  } finally {
    await client.end()
  }
}

/**
 * A hot standby that streams from a running primary: made of a base backup by PostgreSQL's own functions (§25.3.3 of its
 * manual), since the embedded PostgreSQL has no pg_basebackup. Whatever is acknowledged from then on, the standby has.
 */
export async function startStandby(
  primary: EmbeddedPostgres,
  primaryDir: string,
  dataDir: string,
): Promise<EmbeddedPostgres> {
  const cluster = join(dataDir, 'cluster')
  await mkdir(dataDir)
  const client = new pg.Client(primary.url)
  await client.connect()
  await client.query("SELECT pg_backup_start('standby', true)")
  await run('cp', ['-a', '--', join(primaryDir, 'cluster'), cluster])
  await run('cp', ['-a', '--', join(primaryDir, 'password'), dataDir])
  const { rows } = await client.query<{ labelfile: string }>(
    'SELECT labelfile FROM pg_backup_stop()',
  )
  await client.end()
  await rm(join(cluster, 'postmaster.pid'), { force: true })
  await rm(join(cluster, `.s.PGSQL.${primary.port}`), { force: true })
  const { username, password } = new URL(primary.url)
  const connection = `host=127.0.0.1 port=${primary.port} user=${username} password=${password} application_name=${standbyName}`
  const { uid, gid } = await stat(cluster)
  const files = { backup_label: rows[0]?.labelfile ?? '', 'standby.signal': '' }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(cluster, name), text)
    await chown(join(cluster, name), uid, gid)
  }
  await appendFile(join(cluster, 'postgresql.auto.conf'), `primary_conninfo = '${connection}'\n`)
  const standby = await startEmbeddedPostgres({ dataDir })
  await ask(
    primary.url,
    `ALTER SYSTEM SET synchronous_standby_names = '${standbyName}'`,
    'SELECT pg_reload_conf()',
  )
  return standby
}
