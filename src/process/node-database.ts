import { join } from 'node:path'
import { Secret } from '../config/secrets.js'
import { announceAddress } from '../database/database-address.js'
import { renewLogins } from '../database/embedded-logins.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embedded-postgres.js'
import { prepareExternalDatabase } from '../database/external-database.js'
import { migrate } from '../database/migrate.js'
import { EmbeddedDatabase } from './embedded-database.js'
import type { HealthCheck } from './messages.js'
import type { SupervisorInput } from './supervisor-input.js'
import { untilStopped } from './until-stopped.js'

/** The database of a node, migrated and ready. */
export interface NodeDatabase {
  /** Address of the login that workers have. */
  readonly busUrl: Secret<string>
  /** Address of the login that the node's jobs have; no worker gets to know it. */
  readonly jobsUrl: Secret<string>
  /** Address of the login that the log API reads with; no worker gets to know it. */
  readonly auditorUrl: Secret<string>
  /** Address of the login that the admin API has; no worker gets to know it. */
  readonly adminUrl: Secret<string>
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
  const jobsUrl = migrationUrl ?? databaseUrl
  const urls = { bus: databaseUrl.reveal(), owner: jobsUrl.reveal() }
  const { migrations, isBusLoginWide } = await untilStopped(prepareExternalDatabase(urls), stop)
  log.info({ migrations }, 'external database ready')
  if (isBusLoginWide) {
    log.warn(
      'the login in DATABASE_URL can do more than the role sluice_bus may, and so could a worker that was taken over; name the login that owns the tables in DATABASE_MIGRATION_URL, and another in DATABASE_URL that is a member of sluice_bus only',
    )
  }
  return {
    busUrl: databaseUrl,
    jobsUrl,
    // The owner's login may take on each role of the bus.
    auditorUrl: jobsUrl,
    adminUrl: jobsUrl,
    restarts: 0,
    checks: () => [],
    close: () => Promise.resolve(),
  }
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
    const { bus, jobs, auditor, admin } = await renewLogins(server.url)
    announceAddress(config.directory, server.url)
    log.info({ port: server.port, migrations }, 'embedded database ready')
    const urls = {
      busUrl: new Secret(bus),
      jobsUrl: new Secret(jobs),
      auditorUrl: new Secret(auditor),
      adminUrl: new Secret(admin),
    }
    return new EmbeddedDatabase({ ...urls, server, start, directory: config.directory, log })
  } catch (error) {
    await server.stop()
    throw error
  }
}
