import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { claimOf, thisProcess, type ClaimHolder } from '../folder-claim/claim-holder.js'
import { claimDataFolder } from './claim-data-folder.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js'

let parent: string
let dataDir: string
const open: EmbeddedPostgres[] = []

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir })
  open.push(server)
  return server
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows as unknown[]
}

/** In the place of the claim that is there. */
async function leaveClaim(holder: ClaimHolder): Promise<void> {
  const claims = join(dataDir, 'claim')
  const [name = ''] = await readdir(claims)
  await rename(join(claims, name), join(claims, claimOf(holder)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice embedded '))
  dataDir = join(parent, 'var', 'postgres')
})

afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
  await rm(parent, { recursive: true, force: true })
})

describe('the embedded PostgreSQL', () => {
  it('keeps its data from start to start, durably, and leaves no process', async () => {
    const first = await start()
    const [settings] = await ask(
      first.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('listen_addresses') AS listen, current_setting('server_encoding') AS encoding`,
    )
    expect(settings).toEqual({ fsync: 'on', commit: 'on', listen: '127.0.0.1', encoding: 'UTF8' })
    await ask(first.url, "CREATE TABLE kept AS SELECT 'Şəki' AS town")
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)
    const second = await start()
    expect(await ask(second.url, 'SELECT town FROM kept')).toEqual([{ town: 'Şəki' }])
  })

  it('asks for its password, which only this user can read', async () => {
    const server = await start()
    const wrong = server.url.replace(/:[^:@]+@/, ':wrong@')
    await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'cluster'))).mode & 0o077).toBe(0)
  })

  it('works below a private folder', async () => {
    await chmod(parent, 0o700)
    const server = await start()
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('refuses a folder that is in use', async () => {
    await start()
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/in use by process \d+/)
  })

  it('takes over from a launcher that was killed', async () => {
    const orphan = await startEmbeddedPostgres({ dataDir })
    // What a killed launcher leaves: its record, of a process that lives no more.
    const gone = spawn(process.execPath, ['--version'])
    await new Promise((resolve) => gone.once('close', resolve))
    await leaveClaim({ ...(await thisProcess()), pid: gone.pid ?? 0, startedAt: '1' })
    const server = await start()
    await orphan.ended
    expect(isAlive(orphan.pid)).toBe(false)
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('takes over where the launcher ran in another container or machine and its server runs no more', async () => {
    const elsewhere = {
      ...(await thisProcess()),
      pidNamespace: '2',
      bootId: 'another',
      machineId: '',
    }
    const killed = await startEmbeddedPostgres({ dataDir })
    await leaveClaim(elsewhere)
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/is in use: .* on /)
    // As a kill does it: the socket stays.
    process.kill(killed.pid, 'SIGKILL')
    await killed.ended
    expect(await ask((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it.each([
    ['of a launcher that lives', { pid: process.ppid, startedAt: '' }, false],
    ['of one that lives no more', { pid: process.pid, startedAt: '1' }, true],
    ['that was cut off', '', true],
  ])('knows the record of an earlier build: %s', async (_what, record, isFree) => {
    await mkdir(dataDir, { recursive: true })
    const text = record === '' ? record : JSON.stringify(record)
    await writeFile(join(dataDir, 'launcher.json'), text)
    const claiming = claimDataFolder(dataDir)
    if (isFree) await (await claiming)()
    else await expect(claiming).rejects.toThrow(`in use by process ${process.ppid}.`)
  })

  it('recovers after it was killed itself, and is not misled by a reused process id', async () => {
    const first = await startEmbeddedPostgres({ dataDir })
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    process.kill(first.pid, 'SIGKILL')
    await first.stop()
    const pidFile = join(dataDir, 'cluster', 'postmaster.pid')
    const lines = (await readFile(pidFile, 'utf8')).split('\n')
    await writeFile(pidFile, [String(process.ppid), ...lines.slice(1)].join('\n'))
    const second = await start()
    expect(await ask(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  })

  it('starts over where making the cluster was cut off', async () => {
    await mkdir(join(dataDir, 'cluster.draft', 'base'), { recursive: true })
    await expect(start()).resolves.toBeDefined()
  })

  it('says that it cannot read the files of another version', async () => {
    await mkdir(join(dataDir, 'cluster'), { recursive: true })
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '15\n')
    await expect(start()).rejects.toThrow(/made by PostgreSQL 15, and this is 18/)
    // A failed start does not hold the folder.
    expect(await readdir(join(dataDir, 'claim'))).toEqual(['closed'])
  })
})
