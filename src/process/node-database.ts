import { join } from 'node:path'
import type { Secret } from '../config/secrets.js'
import { announceAddress } from '../database/database-address.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embedded-postgres.js'
import { prepareExternalDatabase } from '../database/external-database.js'
import { migrate } from '../database/migrate.js'
import { EmbeddedDatabase } from './embedded-database.js'
import type { HealthCheck } from './messages.js'
import type { SupervisorInput } from './supervisor-input.js'
import { untilStopped } from './until-stopped.js'

/** The database of a node, migrated and ready. */
export interface NodeDatabase {
  /** Address of the login that the bus works under. */
  readonly url: Secret<string>
  /** How often it had to be started again. */
  readonly restarts: number
  checks(): HealthCheck[]
  close(): Promise<void>
}

/**
 * Takes the external PostgreSQL if one is named, else starts the embedded one; migrates either.
 * @throws DatabaseSetupError, EmbeddedPostgresError in words for the person who started the bus
 */
export async function openNodeDatabase(
  input: SupervisorInput,
  stop: AbortSignal,
): Promise<NodeDatabase> {
  const { databaseUrl, migrationUrl, log } = input
  if (databaseUrl === undefined) return startEmbedded(input)
  const urls = { bus: databaseUrl.reveal(), owner: (migrationUrl ?? databaseUrl).reveal() }
  const migrations = await untilStopped(prepareExternalDatabase(urls), stop)
  log.info({ migrations }, 'external database ready')
  return { url: databaseUrl, restarts: 0, checks: () => [], close: () => Promise.resolve() }
}

// Not given up half way when the start is called off: what has begun to run must be stopped.
async function startEmbedded({ config, log }: SupervisorInput): Promise<NodeDatabase> {
  const start = (port?: number): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      dataDir: join(config.directory, 'postgres'),
      log: (line) => log.debug({ line }, 'database'),
      ...(port !== undefined && { port }),
    })
  const server = await start()
  try {
    const migrations = await migrate(server.url)
    announceAddress(config.directory, server.url)
    log.info({ port: server.port, migrations }, 'embedded database ready')
  } catch (error) {
    await server.stop()
    throw error
  }
  return new EmbeddedDatabase({ server, start, directory: config.directory, log })
}
