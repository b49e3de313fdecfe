import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** A process, told so that another one on the same folder can find out whether it still runs. */
export interface ClaimHolder {
  readonly pid: number
  /** As the kernel tells it, in ticks since it started: a process id is used again. */
  readonly startedAt: string
  /** Containers number their processes each from 1. */
  readonly pidNamespace: string
  /** Of this run of the kernel. */
  readonly bootId: string
  /** Of the installation, which stays when the machine starts anew. */
  readonly machineId: string
  readonly host: string
}

const prefix = 'held'
/** In no part: every other character of a host's name is percent-encoded. */
const separator = '~'
/** Characters of a host's name that are kept, so that a claim stays a file's name. */
const hostCharsMax = 100

/** What cannot be known here is empty. */
export async function thisProcess(): Promise<ClaimHolder> {
  const [facts, pidNamespace, bootId, machineId] = await Promise.all([
    processFacts('self'),
    readlink('/proc/self/ns/pid').catch(() => ''),
    readWord('/proc/sys/kernel/random/boot_id'),
    readWord('/etc/machine-id'),
  ])
  return {
    pid: process.pid,
    startedAt: facts?.startedAt ?? '',
    pidNamespace: pidNamespace.replace(/[^0-9]/g, ''),
    bootId,
    machineId,
    host: hostname(),
  }
}

/** The name of a claim's file; `parseClaim` reads it. */
export function claimOf(holder: ClaimHolder): string {
  const { pid, startedAt, pidNamespace, bootId, machineId, host } = holder
  const written = encodeURIComponent(host).replaceAll(separator, '%7E').slice(0, hostCharsMax)
  return [prefix, pid, startedAt, pidNamespace, bootId, machineId, written].join(separator)
}

export function isClaim(name: string): boolean {
  return name.startsWith(prefix + separator)
}

/** @returns undefined for what `claimOf` did not write */
export function parseClaim(name: string): ClaimHolder | undefined {
  const parts = name.split(separator)
  if (parts.length !== 7 || !isClaim(name)) return undefined
  const [, pid = '', startedAt = '', pidNamespace = '', bootId = '', machineId = '', host = ''] =
    parts
  if (!/^[1-9][0-9]{0,9}$/.test(pid)) return undefined
  return { pid: Number(pid), startedAt, pidNamespace, bootId, machineId, host }
}

/**
 * Whether a claim's process still runs. `unknown` wherever it may run out of sight: on another machine, or
 * in another container of this one. That two machines have one name proves nothing, nor that two containers
 * both are process 1.
 */
export async function lifeOf(
  holder: ClaimHolder,
  self: ClaimHolder,
): Promise<'alive' | 'dead' | 'unknown'> {
  const isSameHost = holder.host === parseClaim(claimOf(self))?.host
  if (holder.bootId !== self.bootId) {
    const isSameMachine = holder.machineId !== '' && holder.machineId === self.machineId
    return isSameMachine && isSameHost ? 'dead' : 'unknown'
  }
  if (self.bootId === '') {
    if (!isSameHost) return 'unknown'
  } else if (self.pidNamespace === '' || holder.pidNamespace !== self.pidNamespace) {
    return 'unknown'
  }
  return (await isRunning(holder)) ? 'alive' : 'dead'
}

/** @param startedAt - empty where it is not known: any process of this number is taken for the one */
export async function isRunning({
  pid,
  startedAt,
}: Pick<ClaimHolder, 'pid' | 'startedAt'>): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const facts = await processFacts(pid)
  if (!facts) return true
  // One that has ended and waits to be reaped signs nothing any more.
  return facts.state !== 'Z' && (startedAt === '' || facts.startedAt === startedAt)
}

/** @returns undefined where the system does not tell (not Linux) */
async function processFacts(
  pid: number | 'self',
): Promise<{ state: string; startedAt: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name, in parentheses, may hold anything; the fields after it are plain (proc_pid_stat(5)).
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields ? { state: fields[0] ?? '', startedAt: fields[19] ?? '' } : undefined
}

async function readWord(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^[0-9a-f-]{1,40}$/.exec(text.trim())?.[0] ?? ''
}
