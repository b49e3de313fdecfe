import { DataSource } from 'typeorm'
import { ensureBusRole } from './bus-role.js'
import { createClient } from './connection.js'
import { migrations } from './migration-list.js'

/** The schema that holds every table of the bus. */
const schema = 'sluice'

// Any number, the same on every node: who holds it migrates, the others wait.
const lockKey = 7_583_142_001
const lockTimeoutMs = 120_000
const connectionTimeoutMs = 10_000

/**
 * Brings the database to the schema this build needs: the bus's role, the schema, and the
 * migrations not yet run, in one transaction. Nodes that start together take turns.
 * @param url - address of a login that may create schemas
 * @returns names of the migrations run now
 * @throws DatabaseSetupError where a database administrator has to help
 */
export async function migrate(url: string): Promise<string[]> {
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
    await ensureBusRole(turn)
    await turn.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
    return await runMigrations(url)
  } finally {
    // The lock belongs to this session and goes with it.
    await turn.end()
  }
}

async function runMigrations(url: string): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema,
    migrations,
    migrationsTableName: 'migration',
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
