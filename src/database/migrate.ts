import type pg from 'pg'
import { createClient } from './connection.js'
import { schema, setUpDatabase } from './database-setup.js'
import { migrations } from './migration-list.js'

// Any number, the same on every node: who holds it migrates, the others wait.
const lockKey = 7_583_142_001
const lockTimeoutMs = 120_000
const connectionTimeoutMs = 10_000
const migrationsTable = 'migration'

/**
 * Brings the database to the schema this build needs: the bus's roles, the schema, and the
 * migrations not yet run, in one transaction. Nodes that start together take turns.
 * @param url - address of the login that owns the schema, or may create it
 * @param busLogin - the login that workers have, where it is another
 * @returns names of the migrations run now
 * @throws DatabaseSetupError where a database administrator has to help
 */
export async function migrate(url: string, busLogin?: string): Promise<string[]> {
  const turn = createClient({
    url,
    role: 'owner',
    applicationName: 'sluice migrate',
    connectionTimeoutMs,
    statementTimeoutMs: 0,
  })
  // A connection lost while idle is noticed by the next query; it must not end the process.
  turn.on('error', () => undefined)
  await turn.connect()
  try {
    await turn.query(`SET lock_timeout = ${lockTimeoutMs}`)
    await turn.query('SELECT pg_advisory_lock($1)', [lockKey])
    await setUpDatabase(turn, busLogin)
    return (await isUpToDate(turn)) ? [] : await runMigrations(url)
  } finally {
    // The lock belongs to this session and goes with it.
    await turn.end()
  }
}

/** Whether every migration of this build has run. */
async function isUpToDate(client: pg.Client): Promise<boolean> {
  const table = `${schema}.${migrationsTable}`
  const { rowCount } = await client.query('SELECT WHERE to_regclass($1) IS NULL', [table])
  if (rowCount !== 0) return false
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${table}`)
  const done = new Set(rows.map(({ name }) => name))
  return migrations.every(({ name }) => done.has(name))
}

async function runMigrations(url: string): Promise<string[]> {
  // Loading it is a fifth of a start, and most starts find nothing to migrate.
  const { DataSource } = await import('typeorm')
  const source = new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations,
    migrationsTableName: migrationsTable,
    migrationsTransactionMode: 'all',
    installExtensions: false,
    logging: false,
    poolSize: 1,
    applicationName: 'sluice migrate',
    connectTimeoutMS: connectionTimeoutMs,
  })
  await source.initialize()
  try {
    const done = await source.runMigrations()
    return done.map((migration) => migration.name)
  } finally {
    await source.destroy()
  }
}
