import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from './connection.js'
import { migrations } from './migration-list.js'

/** What a database has of the schema that this build needs; more than that is `current` too. */
export type SchemaState = 'none' | 'older' | 'current'

/** Whether an embedded database was ever made in this folder. Makes nothing. */
export async function hasCluster(dataDir: string): Promise<boolean> {
  const found = await stat(join(dataDir, 'cluster', 'PG_VERSION')).catch(() => undefined)
  return found !== undefined
}

/**
 * Looks at a database's schema and changes nothing.
 * @param url - address of a login that may look at it
 * @param timeoutMs - longest wait for the connection, and for each answer, milliseconds
 */
export async function schemaStateOf(url: string, timeoutMs: number): Promise<SchemaState> {
  const client = createClient({
    url,
    role: 'owner',
    applicationName: 'sluice look',
    connectionTimeoutMs: timeoutMs,
    statementTimeoutMs: timeoutMs,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const found = await client.query<{ readable: boolean }>(
      `SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'sluice' AND c.relname = 'migration'`,
    )
    const [table] = found.rows
    if (!table) return 'none'
    // The workers' login: it may read what it serves, and learns of an older schema by that.
    if (!table.readable) return 'current'
    const done = await client.query<{ name: string }>('SELECT name FROM sluice.migration')
    const names = new Set(done.rows.map(({ name }) => name))
    if (names.size === 0) return 'none'
    return migrations.every((each) => names.has(new each().name ?? each.name)) ? 'current' : 'older'
  } finally {
    await client.end()
  }
}
