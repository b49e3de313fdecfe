import { join } from 'node:path'
import type { Secret } from '../config/secrets.js'
import { createClient, createPool } from '../database/connection.js'
import { announcedAddress } from '../database/database-address.js'
import { startEmbeddedPostgres } from '../database/embedded-postgres.js'
import { migrate } from '../database/migrate.js'
import { readEntries } from '../message-log/log-reader.store.js'
import { RegistryStore } from '../registry/registry.store.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import { readRevocationList } from '../trust/read-revocation-list.js'
import type { OpenLog } from './log-show.js'
import type { OpenRegistry } from './registry.js'

export interface DatabasePlace {
  /** Where a bus without `DATABASE_URL` keeps its embedded database. */
  readonly directory: string
  readonly databaseUrl: Secret<string> | undefined
  readonly migrationUrl: Secret<string> | undefined
}

interface Reached {
  /** Address of a login that may change the registry. */
  readonly url: string
  release(): Promise<void>
}

const connectionTimeoutMs = 5_000
const statementTimeoutMs = 60_000

/** The registry for a command. The caller closes it. */
export async function openRegistryOf(place: DatabasePlace): Promise<OpenRegistry> {
  const database = await reach(place)
  const pool = createPool({
    url: database.url,
    role: 'owner',
    applicationName: 'sluice command',
    connectionTimeoutMs,
    statementTimeoutMs,
    connectionsMax: 2,
    idleTimeoutMs: connectionTimeoutMs,
  })
  return {
    store: new RegistryStore(pool),
    revocationLists: new RevocationListStore(pool),
    readRevocationList,
    close: async () => {
      await pool.end()
      await database.release()
    },
  }
}

/** The message log for a command, for reading. The caller closes it. */
export async function openLogOf(place: DatabasePlace): Promise<OpenLog> {
  const database = await reach(place)
  const client = createClient({
    url: database.url,
    role: 'bus',
    applicationName: 'sluice command',
    connectionTimeoutMs,
    statementTimeoutMs,
  })
  client.on('error', () => undefined)
  await client.connect()
  return {
    readEntries: (selection) => readEntries(client, selection),
    close: async () => {
      await client.end()
      await database.release()
    },
  }
}

/** The named database, else the one a running bus announced, else the embedded one for this command. */
async function reach(place: DatabasePlace): Promise<Reached> {
  const nothing = (): Promise<void> => Promise.resolve()
  if (place.databaseUrl) {
    const url = (place.migrationUrl ?? place.databaseUrl).reveal()
    await migrate(url)
    return { url, release: nothing }
  }
  const announced = announcedAddress(place.directory)
  if (announced !== undefined && (await answers(announced))) {
    return { url: announced, release: nothing }
  }
  const server = await startEmbeddedPostgres({ dataDir: join(place.directory, 'postgres') })
  await migrate(server.url)
  return { url: server.url, release: () => server.stop() }
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({
    url,
    role: 'owner',
    applicationName: 'sluice command',
    connectionTimeoutMs,
    statementTimeoutMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
