import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process of this machine. */
export interface ProcessFacts {
  readonly pid: number
  readonly command: string
}

/**
 * Processes that work for the bus in a folder, PostgreSQL included: they stand in it or were given
 * it in their environment. Linux only; elsewhere none are found.
 */
export function processesOf(folder: string): ProcessFacts[] {
  return pids().flatMap((pid) => {
    const facts = factsOf(pid)
    if (!facts || facts.state === 'Z') return []
    const isOurs = facts.folder.startsWith(folder) || facts.environment.includes(`=${folder}`)
    return isOurs && pid !== process.pid ? [{ pid, command: facts.command }] : []
  })
}

/** Processes that a process started and that live. */
export function childrenOf(parent: number): number[] {
  return pids().filter((pid) => {
    const facts = factsOf(pid)
    return facts?.parent === parent && facts.state !== 'Z'
  })
}

/** The environment a process was started with, by name; what anybody with its account can read. */
export function environmentOf(pid: number): Readonly<Record<string, string>> {
  const pairs = factsOf(pid)?.environment.split('\0') ?? []
  return Object.fromEntries(
    pairs.filter(Boolean).map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    }),
  )
}

/** The postmaster of the embedded database in a folder. */
export function postmasterOf(directory: string): number {
  const text = readFileSync(`${directory}/postgres/cluster/postmaster.pid`, 'utf8')
  return Number(text.split('\n')[0])
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

interface RawFacts {
  readonly state: string
  readonly parent: number
  readonly folder: string
  readonly environment: string
  readonly command: string
}

function factsOf(pid: number): RawFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      state,
      parent: Number(parent),
      folder: readlinkSync(`/proc/${pid}/cwd`),
      environment: readFileSync(`/proc/${pid}/environ`, 'utf8'),
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    }
  } catch {
    // It ended while we looked, or is somebody else's.
    return undefined
  }
}
