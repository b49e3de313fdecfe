import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isRunning } from '../folder-claim/claim-holder.js'

// A PostgreSQL that was left behind by a killed bus must not block the next start.

const run = promisify(execFile)
const pollMs = 20

/** Whether `pid` is a PostgreSQL that works in `clusterDir`, and not just a reused process id. */
async function worksIn(pid: number, clusterDir: string): Promise<boolean> {
  if (!(await isRunning({ pid, startedAt: '' }))) return false
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
  while (await isRunning({ pid, startedAt: '' })) {
    // It is nobody's child any more, so no event tells its end.
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
    await pause(pollMs)
  }
}
