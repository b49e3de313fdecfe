import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { userInfo, tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { withRole } from '../../src/database/connection.js'
import { renewLogins } from '../../src/database/embedded-logins.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded-postgres.js'
import { migrate } from '../../src/database/migrate.js'
import { migrations } from '../../src/database/migration-list.js'
import { JobsRole1764000200000 } from '../../src/database/migrations/1764000200000-jobs-role.js'

/** A real, migrated PostgreSQL of one spec file's own. */
export interface TestDatabase {
  /** Address of the schema's owner. */
  readonly ownerUrl: string
  /** Address under which a session may do only what workers may; nobody gets out of it. */
  readonly busUrl: string
  /** Address under which a session may do only what the node's jobs may. */
  readonly jobsUrl: string
  /** Address under which a session may only read the logs. */
  readonly auditorUrl: string
  readonly adminUrl: string
  /** For files of a node on this database; `stop` removes it. */
  readonly folder: string
  /** Stops the server and keeps its data: the database is out of reach until `resume`. */
  pause(): Promise<void>
  /** Starts the server again at the same addresses. */
  resume(): Promise<void>
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

const run = promisify(execFile)

// Nothing here outlives a test, so speed goes before durability.
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_wal_size: '128MB',
  shared_buffers: '32MB',
}

/** Where databases of tests keep their data. `npm test` gives memory where there is plenty. */
export function databaseFolder(): string {
  return process.env['SLUICE_TEST_DATABASES'] ?? tmpdir()
}

/** Puts a migrated cluster with its password where an embedded database finds it. */
export async function placeMigratedCluster(dataDir: string): Promise<void> {
  await copyTemplate(await ensureTemplate(), dataDir)
}

/** Starts a database for a spec file: `beforeAll(async () => { database = await startTestDatabase() })`. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(databaseFolder(), 'sluice-test-db-'))
  await placeMigratedCluster(dataDir)
  let server = await startEmbeddedPostgres({ dataDir, settings })
  const { url: ownerUrl, port } = server
  await migrate(ownerUrl)
  const logins = await renewLogins(ownerUrl)
  return {
    ownerUrl,
    busUrl: withRole(logins.bus, 'bus'),
    jobsUrl: withRole(logins.jobs, 'jobs'),
    auditorUrl: withRole(logins.auditor, 'auditor'),
    adminUrl: withRole(logins.admin, 'admin'),
    folder: dataDir,
    pause: () => server.stop(),
    async resume() {
      server = await startEmbeddedPostgres({ dataDir, settings, port })
    },
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Makes a database what it was before there were jobs' role and logins of their own. */
export async function asBuildBefore(ownerUrl: string): Promise<void> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  const runner = { query: (sql: string) => client.query(sql) } as never
  const first = migrations.indexOf(JobsRole1764000200000)
  for (const migration of migrations.slice(first).reverse()) {
    await new migration().down(runner)
    await client.query('DELETE FROM sluice.migration WHERE name = $1', [migration.name])
  }
  await client.query(`DROP ROLE sluice_bus_login, sluice_jobs_login, sluice_auditor_login,
                      sluice_admin_login, sluice_jobs, sluice_auditor, sluice_admin`)
  await client.query('GRANT TEMPORARY ON DATABASE postgres TO PUBLIC')
  await client.end()
}

/** A migrated cluster is made once for each state of the migrations, and copied for every spec file. */
async function ensureTemplate(): Promise<string> {
  const templates = process.env['SLUICE_TEST_TEMPLATES'] ?? tmpdir()
  const template = join(templates, `sluice-test-template-${userInfo().uid}-${await schemaDigest()}`)
  if (await isOwn(template)) return template
  const draft = await mkdtemp(`${template}-`)
  let server: EmbeddedPostgres | undefined
  try {
    server = await startEmbeddedPostgres({ dataDir: draft, settings })
    await migrate(server.url)
    await dropSpareDatabase(server.url)
  } finally {
    await server?.stop()
  }
  await rename(draft, template).catch(async () => {
    // Another test process was faster.
    await rm(draft, { recursive: true, force: true })
  })
  if (!(await isOwn(template))) throw new Error(`${template} belongs to somebody else; remove it`)
  return template
}

/** Nothing is made from it, and it is a quarter of all files. */
async function dropSpareDatabase(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('ALTER DATABASE template0 IS_TEMPLATE false')
  await client.query('DROP DATABASE template0')
  await client.end()
}

async function isOwn(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  return found !== undefined && found.uid === userInfo().uid
}

async function schemaDigest(): Promise<string> {
  const folder = join(import.meta.dirname, '../../src/database/migrations')
  const digest = createHash('sha256').update(process.version).update(process.arch)
  // Of the sources, or of the build where that runs.
  const own = extname(import.meta.filename)
  const lists = ['migration-list', 'database-setup', 'postgres-cluster'].map(
    (name) => `../${name}${own}`,
  )
  digest.update(await readFile(import.meta.filename))
  for (const name of [...lists, ...(await readdir(folder)).sort()]) {
    if (extname(name) === own) digest.update(name).update(await readFile(join(folder, name)))
  }
  return digest.digest('hex').slice(0, 16)
}

async function copyTemplate(template: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  if (process.platform === 'linux') {
    // With owners, without the empty pages of the write-ahead log, and for a tenth of Node's work.
    await run('cp', ['-a', '--sparse=always', '--', `${template}/.`, dataDir])
    return
  }
  await cp(template, dataDir, { recursive: true, preserveTimestamps: true })
  const { uid, gid } = await stat(join(template, 'cluster'))
  if (process.getuid?.() !== 0) return
  const cluster = join(dataDir, 'cluster')
  await chown(cluster, uid, gid)
  for (const entry of await readdir(cluster, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), uid, gid)
  }
}
