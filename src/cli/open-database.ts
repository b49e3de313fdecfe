import { join } from 'node:path'
import type { Config } from '../config/config.js'
import type { Secret } from '../config/secrets.js'
import { createClient, createPool, type Role } from '../database/connection.js'
import { announcedAddress } from '../database/database-address.js'
import { startEmbeddedPostgres } from '../database/embedded-postgres.js'
import { hasCluster, schemaStateOf } from '../database/existing-database.js'
import { migrate } from '../database/migrate.js'
import { commandConnectTimeoutMs, commandStatementTimeoutMs } from '../limits/command-line.js'
import { verifyLimits } from '../limits/log-archive.js'
import { readEntries } from '../message-log/log-reader.store.js'
import type { OpenLog } from './log-show.js'
import type { AuditedDatabase } from './log-verify.js'
import type { Access } from './registry.js'

export interface DatabasePlace {
  /** Where a bus without `DATABASE_URL` keeps its embedded database. */
  readonly directory: string
  readonly databaseUrl: Secret<string> | undefined
  readonly migrationUrl: Secret<string> | undefined
  /** Files of the log's keys; by default those that the bus made in its directory. */
  readonly keys?: Config['keys']
  /** How long the bus keeps message ids, if it is configured here. */
  readonly replayWindowMs?: number | undefined
}

/** There is nothing to read; the message says so to the person who asked. */
export class NothingThere extends Error {
  override readonly name = 'NothingThere'
}

interface Reached {
  /** Address of the owner's login, or of one that may read. */
  readonly url: string
  release(): Promise<void>
}

/**
 * Connections of a command: to change something they are the owner's. The caller closes them.
 * @throws NothingThere where there is none of this build's schema to `read`
 */
export async function openPoolOf(
  { directory, databaseUrl, migrationUrl }: DatabasePlace,
  access: Access,
  // To read, the login that workers have is enough.
  role: 'bus' | 'owner' = access === 'read' ? 'bus' : 'owner',
): Promise<{
  readonly pool: ReturnType<typeof createPool>
  readonly close: () => Promise<void>
}> {
  const url = role === 'bus' ? databaseUrl : (migrationUrl ?? databaseUrl)
  const database = url ? named(url) : await reachEmbedded(directory, access)
  await prepare(database, access)
  const pool = createPool({
    url: database.url,
    role,
    applicationName: 'sluice command',
    connectionTimeoutMs: commandConnectTimeoutMs,
    statementTimeoutMs: commandStatementTimeoutMs,
    connectionsMax: 2,
    idleTimeoutMs: commandConnectTimeoutMs,
  })
  return {
    pool,
    close: async () => {
      await pool.end()
      await database.release()
    },
  }
}

/**
 * The database of the CA for a command, under the owner's login: its schema is brought up to date before a change.
 * The caller closes it.
 * @throws NothingThere
 */
export function openCaPoolOf(place: DatabasePlace, access: Access): ReturnType<typeof openPoolOf> {
  return openPoolOf(place, access, 'owner')
}

/**
 * The message log for a command, for reading: the login that workers have is enough, where there is
 * one. The caller closes it.
 * @throws NothingThere
 */
export async function openLogOf(place: DatabasePlace): Promise<OpenLog> {
  const { client, close } = await openClientOf(place, 'bus')
  return { readEntries: (selection) => readEntries(client, selection), close }
}

interface ClientWish {
  /** A change brings the schema up to date first. */
  readonly access?: Access
  readonly statementTimeoutMs?: number
}

/**
 * One connection of a command, to the database that is there. Workers' login is enough for the role of
 * the workers; for others it is the owner's, where there is one. The caller closes it.
 * @throws NothingThere
 */
export async function openClientOf(
  { directory, databaseUrl, migrationUrl }: DatabasePlace,
  role: Role | 'owner',
  { access = 'read', statementTimeoutMs = commandStatementTimeoutMs }: ClientWish = {},
): Promise<{
  readonly client: ReturnType<typeof createClient>
  readonly close: () => Promise<void>
}> {
  const url = role === 'bus' ? databaseUrl : (migrationUrl ?? databaseUrl)
  const database = url ? named(url) : await reachEmbedded(directory, 'read')
  await prepare(database, access)
  const client = createClient({
    url: database.url,
    role,
    applicationName: 'sluice command',
    connectionTimeoutMs: commandConnectTimeoutMs,
    statementTimeoutMs,
  })
  client.on('error', () => undefined)
  const close = async (): Promise<void> => {
    await client.end().catch(() => undefined)
    await database.release()
  }
  try {
    await client.connect()
  } catch (error) {
    await close()
    throw error
  }
  return { client, close }
}

/**
 * The logs for whoever verifies them: under the role that may read them and nothing else. The caller closes it.
 * @throws NothingThere
 */
export async function openAuditedOf(place: DatabasePlace): Promise<AuditedDatabase> {
  const { directory, databaseUrl, migrationUrl, replayWindowMs } = place
  const url = migrationUrl ?? databaseUrl
  const database = url ? named(url) : await reachEmbedded(directory, 'read')
  return {
    connect: () =>
      createClient({
        url: database.url,
        role: 'auditor',
        applicationName: 'sluice log verify',
        connectionTimeoutMs: commandConnectTimeoutMs,
        // A log may take hours.
        statementTimeoutMs: 0,
      }),
    limits: { ...verifyLimits, replayWindowMs: replayWindowMs ?? verifyLimits.replayWindowMs },
    close: () => database.release(),
  }
}

function named(url: Secret<string>): Reached {
  return { url: url.reveal(), release: () => Promise.resolve() }
}

/** The database that a running bus announced, else the one in its folder, started for this command. */
async function reachEmbedded(directory: string, access: Access): Promise<Reached> {
  const announced = announcedAddress(directory)
  if (announced !== undefined && (await answers(announced))) {
    return { url: announced, release: () => Promise.resolve() }
  }
  const dataDir = join(directory, 'postgres')
  // A mistyped folder must not become a new, empty database that seems to answer.
  if (access === 'read' && !(await hasCluster(dataDir))) {
    throw new NothingThere(
      `there is no database in ${dataDir}. Name the bus's folder in SLUICE_VAR or its database in ` +
        'DATABASE_URL, or start the bus once.',
    )
  }
  const server = await startEmbeddedPostgres({ dataDir })
  return { url: server.url, release: () => server.stop() }
}

/** Migrates before a change; before reading only looks whether this build can read what is there. */
async function prepare(database: Reached, access: Access): Promise<void> {
  try {
    if (access === 'change') await migrate(database.url)
    else await checkSchema(database.url)
  } catch (error) {
    await database.release()
    throw error
  }
}

async function checkSchema(url: string): Promise<void> {
  const state = await schemaStateOf(url, commandConnectTimeoutMs)
  if (state === 'none') {
    throw new NothingThere(
      'the database has none of the tables of a bus. Check which one is meant, or start the bus once.',
    )
  }
  if (state === 'older') {
    throw new NothingThere(
      'the database has the schema of an older version. Start the bus or run registry apply once, ' +
        'which brings it up to date.',
    )
  }
}

async function answers(url: string): Promise<boolean> {
  const client = createClient({
    url,
    role: 'owner',
    applicationName: 'sluice command',
    connectionTimeoutMs: commandConnectTimeoutMs,
    statementTimeoutMs: commandStatementTimeoutMs,
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
