import type { LoadGenerator } from './helper-process.js'
import type { LoadTarget } from './load-order.js'
import { cpuOf, cpuOfTree, othersShare, sampleCpu, type CpuSample } from './process-cpu.js'
import type { PhaseFigures } from './report.js'

/** How long each part of a measurement takes, milliseconds. */
export interface Durations {
  readonly warmUpMs: number
  readonly maxMs: number
  readonly halfMs: number
}

/** A part whose CPU time is told apart: one process, or a process with its descendants. */
export interface CpuPart {
  readonly name: string
  readonly pids: readonly number[]
  readonly withDescendants: boolean
}

export interface Measurement {
  readonly load: LoadGenerator
  readonly target: LoadTarget
  readonly durations: Durations
  readonly parts: readonly CpuPart[]
  /** All processes of the bench, with their descendants. */
  readonly own: readonly number[]
}

/** Requests for the warm-up, of which no rate is known yet; it ends early where they are used up. */
const warmUpPerSecond = { rest: 4_000, soap: 2_500 }
/** The larger the messages, the fewer a second. */
const warmUpBytesPerSecond = 200_000_000
/** The measured run may be faster than the warm-up was. */
const spareShare = 1.4

/** Sends as fast as answers come until programs have been compiled. @returns requests answered */
export async function warmUp(
  { load, target }: Pick<Measurement, 'load' | 'target'>,
  limits: { readonly requests: number; readonly timeMs: number },
): Promise<number> {
  await load.order({ act: 'open', ...target })
  await load.order({ act: 'prepare', requests: limits.requests })
  const result = await load.order({ act: 'run', ratePerSecond: 0, timeMs: limits.timeMs })
  await load.order({ act: 'close' })
  return result?.answered ?? 0
}

/** Warms up, then sends as fast as answers come, then at half that rate. */
export async function measureScenario(
  measurement: Measurement,
): Promise<{ readonly max: PhaseFigures; readonly half: PhaseFigures; readonly answered: number }> {
  const { load, target, durations } = measurement
  await load.order({ act: 'open', ...target })
  const { warm, max } = await warmUpAndMax(measurement)
  const half = await phase(measurement, max.perSecond, durations.halfMs, max.perSecond / 2)
  await load.order({ act: 'close' })
  return { max, half, answered: warm.answered + max.answered + half.answered }
}

/** Warms up, then sends as fast as answers come. */
export async function measureMax(measurement: Measurement): Promise<PhaseFigures> {
  const { load, target } = measurement
  await load.order({ act: 'open', ...target })
  const { max } = await warmUpAndMax(measurement)
  await load.order({ act: 'close' })
  return max
}

async function warmUpAndMax(
  measurement: Measurement,
): Promise<{ readonly warm: PhaseFigures; readonly max: PhaseFigures }> {
  const { warmUpMs, maxMs } = measurement.durations
  const { lane, payloadBytes } = measurement.target
  const perSecond = Math.min(warmUpPerSecond[lane], warmUpBytesPerSecond / payloadBytes)
  const warm = await phase(measurement, perSecond, warmUpMs, 0)
  const max = await phase(measurement, warm.perSecond * spareShare, maxMs, 0)
  return { warm, max }
}

async function phase(
  measurement: Measurement,
  preparedPerSecond: number,
  timeMs: number,
  ratePerSecond: number,
): Promise<PhaseFigures> {
  const requests = Math.ceil((preparedPerSecond * timeMs) / 1000)
  await measurement.load.order({ act: 'prepare', requests })
  return runPhase(measurement, timeMs, ratePerSecond)
}

/** Sends what has been prepared over open connections; at a rate of 0 as fast as answers come. */
export async function runPhase(
  { load, parts, own }: Pick<Measurement, 'load' | 'parts' | 'own'>,
  timeMs: number,
  ratePerSecond: number,
): Promise<PhaseFigures> {
  const before = sampleCpu()
  const result = await load.order({ act: 'run', ratePerSecond, timeMs })
  const after = sampleCpu()
  if (!result) throw new Error('the load generator gave no result')
  const { answered, statuses, verified, messageBytes, seconds, p50Ms, p95Ms, p99Ms } = result
  return {
    perSecond: rounded(answered / seconds, 0),
    p50Ms: rounded(p50Ms, 2),
    p95Ms: rounded(p95Ms, 2),
    p99Ms: rounded(p99Ms, 2),
    answered,
    failed: answered - (statuses['200'] ?? 0),
    verified,
    messageBytes,
    cpuUs: before && after ? cpuByPart(parts, answered, before, after) : null,
    othersShare: before && after ? rounded(othersShare(own, before, after), 2) : null,
  }
}

function cpuByPart(
  parts: readonly CpuPart[],
  answered: number,
  before: CpuSample,
  after: CpuSample,
): Record<string, number> {
  const byPart = parts.map(({ name, pids, withDescendants }) => {
    const each = withDescendants ? cpuOfTree : cpuOf
    const us = pids.reduce((sum, pid) => sum + each(pid, before, after), 0)
    return [name, rounded(us / answered, 1)]
  })
  return Object.fromEntries(byPart) as Record<string, number>
}

/** To so many digits after the point. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
