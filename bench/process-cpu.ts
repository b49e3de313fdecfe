import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** CPU time by process, as Linux counts it; in ticks of 10 ms, so measure over seconds. */
const tickUs = 10_000

interface ProcessTimes {
  readonly pid: number
  readonly parent: number
  /** Of the process itself, user and system, microseconds. */
  readonly ownUs: number
  /** Of its ended and awaited children, microseconds. */
  readonly endedChildrenUs: number
}

/** Every process and the machine at one moment. */
export interface CpuSample {
  readonly processes: readonly ProcessTimes[]
  /** Time in which a core was at work, all cores together, microseconds. */
  readonly busyUs: number
  readonly takenAtMs: number
}

/** A sample of all processes; undefined where the system has no /proc. */
export function sampleCpu(): CpuSample | undefined {
  if (process.platform !== 'linux') return undefined
  const processes = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => timesOf(name) ?? [])
  return { processes, busyUs: busyUs(), takenAtMs: performance.now() }
}

// The name of the program, in brackets, may hold anything; fields are counted from its end.
function timesOf(name: string): ProcessTimes | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${name}/stat`, 'utf8')
  } catch {
    return undefined
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number)
  return {
    pid: Number(name),
    parent: Number(fields[1]),
    ownUs: (utime + stime) * tickUs,
    endedChildrenUs: (cutime + cstime) * tickUs,
  }
}

function busyUs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
    .split(/ +/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) * tickUs
}

/** CPU time between two samples of one process alone, microseconds. */
export function cpuOf(pid: number, before: CpuSample, after: CpuSample): number {
  return ownUs(pid, after) - ownUs(pid, before)
}

/** CPU time between two samples of a process and all that descends from it, microseconds. */
export function cpuOfTree(root: number, before: CpuSample, after: CpuSample): number {
  return treeUs(root, after) - treeUs(root, before)
}

function ownUs(pid: number, { processes }: CpuSample): number {
  return processes.find((each) => each.pid === pid)?.ownUs ?? 0
}

function treeUs(root: number, sample: CpuSample): number {
  const own = sample.processes.find(({ pid }) => pid === root)
  const children = childrenOf(root, sample)
  return children.reduce(
    (sum, pid) => sum + treeUs(pid, sample),
    (own?.ownUs ?? 0) + (own?.endedChildrenUs ?? 0),
  )
}

/** Processes that a process has started and that run still. */
export function childrenOf(parent: number, { processes }: CpuSample): number[] {
  return processes.filter((each) => each.parent === parent).map(({ pid }) => pid)
}

/**
 * Share of the machine's whole capacity that went to processes other than these and their
 * descendants, 0 to 1: how far the figures may be trusted.
 */
export function othersShare(own: readonly number[], before: CpuSample, after: CpuSample): number {
  const ours = own.reduce((sum, pid) => sum + cpuOfTree(pid, before, after), 0)
  const capacityUs = (after.takenAtMs - before.takenAtMs) * 1000 * cpus().length
  return Math.max(0, (after.busyUs - before.busyUs - ours) / capacityUs)
}
