import { join } from 'node:path'
import { Secret } from '../config/secrets.js'
import { announceAddress, withdrawAddress } from '../database/database-address.js'
import { startEmbeddedPostgres } from '../database/embedded-postgres.js'
import { migrate } from '../database/migrate.js'
import type { SupervisorInput } from './supervisor-input.js'

/** The database of a node, migrated and ready. */
export interface NodeDatabase {
  /** Address of the login that the bus works under. */
  readonly url: Secret<string>
  /** Resolves when an embedded server has ended by itself; never for an external one. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** Takes the external PostgreSQL if one is named, else starts the embedded one; migrates either. */
export async function openNodeDatabase(input: SupervisorInput): Promise<NodeDatabase> {
  const { config, databaseUrl, migrationUrl, log } = input
  if (databaseUrl !== undefined) {
    const done = await migrate((migrationUrl ?? databaseUrl).reveal())
    log.info({ migrations: done }, 'external database ready')
    return { url: databaseUrl, ended: new Promise(() => undefined), close: () => Promise.resolve() }
  }
  const server = await startEmbeddedPostgres({
    dataDir: join(config.directory, 'postgres'),
    log: (line) => log.debug({ line }, 'database'),
  })
  try {
    const done = await migrate(server.url)
    announceAddress(config.directory, server.url)
    log.info({ port: server.port, migrations: done }, 'embedded database ready')
  } catch (error) {
    await server.stop()
    throw error
  }
  return {
    url: new Secret(server.url),
    ended: server.ended,
    close: async () => {
      withdrawAddress(config.directory)
      await server.stop()
    },
  }
}
