import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './postgres-account.js'

/**
 * Two starts on one data folder must not both run PostgreSQL, and a PostgreSQL left behind by a
 * killed bus must not block the next start. The launcher therefore leaves its process id and start
 * time in a file: alive means "in use", dead means "what still runs is an orphan".
 */
interface LauncherRecord {
  readonly pid: number
  /** Start time as the kernel tells it, so that a reused process id is not taken for the launcher. */
  readonly startedAt: string
}

const run = promisify(execFile)
const pollMs = 20

/** State letter and start time of a process; undefined where the system does not tell (not Linux). */
async function processFacts(
  pid: number,
): Promise<{ state: string; startedAt: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name, in parentheses, may hold anything; the fields after it are plain.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields ? { state: fields[0] ?? '', startedAt: fields[19] ?? '' } : undefined
}

/** Whether a process lives; one that has ended and waits to be reaped does not. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return (await processFacts(pid))?.state !== 'Z'
}

/**
 * Claims a data folder for this process.
 * @returns gives the claim back
 * @throws EmbeddedPostgresError when another process that lives holds it
 */
export async function claimFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'launcher.json')
  const startedAt = (await processFacts(process.pid))?.startedAt ?? ''
  const own = JSON.stringify({ pid: process.pid, startedAt } satisfies LauncherRecord)
  for (;;) {
    try {
      await writeFile(file, own, { flag: 'wx', mode: 0o600 })
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readRecord(file)
    if (holder && (await isAlive(holder.pid))) {
      const facts = await processFacts(holder.pid)
      if (!facts || facts.startedAt === holder.startedAt) {
        throw new EmbeddedPostgresError(
          `The embedded database in ${dataDir} is in use by process ${holder.pid}. Stop that one first, or use another folder.`,
        )
      }
    }
    await rm(file, { force: true })
  }
}

async function readRecord(file: string): Promise<LauncherRecord | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LauncherRecord
  } catch {
    return undefined
  }
}

/** Whether `pid` is a PostgreSQL that works in `clusterDir`, and not just a reused process id. */
async function worksIn(pid: number, clusterDir: string): Promise<boolean> {
  if (!(await isAlive(pid))) return false
  // PostgreSQL makes its cluster its working folder.
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  if (folder !== undefined) return folder === (await realpath(clusterDir))
  return (await commandLine(pid)).includes(clusterDir)
}

/** For systems without /proc. */
async function commandLine(pid: number): Promise<string> {
  const shown = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => undefined)
  return shown?.stdout ?? ''
}

/**
 * Stops a PostgreSQL that an earlier, killed launcher left running, and clears a stale pid file.
 * Call only with the folder claimed.
 */
export async function stopOrphan(clusterDir: string, stopLimitMs: number): Promise<void> {
  const file = join(clusterDir, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const pid = Number(text.split('\n')[0])
  if (Number.isInteger(pid) && pid > 1 && (await worksIn(pid, clusterDir))) {
    await endProcess(pid, stopLimitMs)
  }
  // A new server would refuse to start over a pid that now belongs to some other process.
  await rm(file, { force: true })
  await removeSockets(clusterDir)
}

/** Of ports that the next server may not take. */
async function removeSockets(clusterDir: string): Promise<void> {
  const names = await readdir(clusterDir)
  const sockets = names.filter((name) => name.startsWith('.s.PGSQL.'))
  await Promise.all(sockets.map((name) => rm(join(clusterDir, name), { force: true })))
}

async function endProcess(pid: number, stopLimitMs: number): Promise<void> {
  const deadline = Date.now() + stopLimitMs
  process.kill(pid, 'SIGINT')
  while (await isAlive(pid)) {
    // It is nobody's child any more, so no event tells its end.
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
    await pause(pollMs)
  }
}
