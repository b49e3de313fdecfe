import { execFile } from 'node:child_process'
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isRunning } from '../folder-claim/claim-holder.js'

// A broker that was left behind by a killed bus must not block the next start.

const run = promisify(execFile)
const pollMs = 20
const recordName = 'processes'

/** Notes whom the next start has to look for. */
export async function recordProcesses(folder: string, pids: readonly number[]): Promise<void> {
  await writeFile(join(folder, recordName), `${pids.join('\n')}\n`, { mode: 0o600 })
}

export async function forgetProcesses(folder: string): Promise<void> {
  await rm(join(folder, recordName), { force: true })
}

/** Stops what an earlier, killed launcher left running. Call only with the folder claimed. */
export async function stopOrphans(folder: string, stopLimitMs: number): Promise<void> {
  const text = await readFile(join(folder, recordName), 'utf8').catch(() => '')
  const pids = text
    .split('\n')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 1)
  // In their order: the broker takes leave of its port mapper.
  for (const pid of pids) if (await worksIn(pid, folder)) await endProcess(pid, stopLimitMs)
  await forgetProcesses(folder)
}

/** Whether a process is of ours, and not just of a number that is used again. */
async function worksIn(pid: number, folder: string): Promise<boolean> {
  if (!(await isRunning({ pid, startedAt: '' }))) return false
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
  if (cwd !== undefined) return cwd === (await realpath(folder))
  // For systems without /proc.
  const shown = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => undefined)
  return shown?.stdout.includes(folder) ?? false
}

async function endProcess(pid: number, stopLimitMs: number): Promise<void> {
  const deadline = Date.now() + stopLimitMs
  process.kill(pid, 'SIGTERM')
  while (await isRunning({ pid, startedAt: '' })) {
    // It is nobody's child any more, so no event tells its end.
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL')
    await pause(pollMs)
  }
}
