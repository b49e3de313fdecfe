import type { OrderedProcess } from './helper-process.js'
import type { CpuPart } from './measure.js'
import type { MqKind, MqLoadOrder, MqLoadResult } from './mq-order.js'
import { mqServices } from './mq-parties.js'
import { cpuOf, cpuOfTree, othersShare, sampleCpu, type CpuSample } from './process-cpu.js'

export interface MqMeasurement {
  readonly load: OrderedProcess<MqLoadOrder, MqLoadResult | undefined>
  readonly parts: readonly CpuPart[]
  /** All processes of the bench, with their descendants. */
  readonly own: readonly number[]
}

export interface MqPhase {
  readonly kind: MqKind
  /** Of a body, about. */
  readonly bytes: number
  /** About so many will be sent; some more are made ready. */
  readonly perSecond: number
  readonly timeMs: number
}

export interface MqFigures {
  readonly kind: MqKind
  readonly bytes: number
  readonly answered: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of one message, microseconds by part. */
  readonly cpuUs: Readonly<Record<string, number>>
  /** Of the machine, by programs that are not the bench's. */
  readonly othersShare: number
  /** Answers other than those wanted, and signatures that are not right. */
  readonly failed: number
  readonly verified: number
}

/** Of all consumers together. */
const inFlight = 128
/** The run may be faster than was thought. */
const spareShare = 1.6

/** One run, as fast as answers come. */
export async function measureMq(
  { load, parts, own }: MqMeasurement,
  { kind, bytes, perSecond, timeMs }: MqPhase,
): Promise<MqFigures> {
  const messages = Math.ceil((perSecond * spareShare * timeMs) / 1_000)
  await load.order({
    act: 'prepare',
    kind,
    service: mqServices[kind],
    text: textOf(bytes),
    messages,
  })
  const before = sampleCpu()
  const result = await load.order({ act: 'run', inFlight, timeMs })
  const after = sampleCpu()
  if (!result) throw new Error('the load has no figures')
  const { answered, others, seconds, p50Ms, p99Ms, verified, unverified } = result
  if (answered === 0) throw new Error(`${kind}: nothing but ${JSON.stringify(others)}`)
  const failures = Object.values(others).reduce((sum, count) => sum + count, 0)
  return {
    ...{ kind, bytes, answered, p50Ms, p99Ms, verified },
    perSecond: answered / seconds,
    cpuUs: before && after ? cpuByPart(parts, answered, before, after) : {},
    othersShare: before && after ? othersShare(own, before, after) : NaN,
    failed: failures + unverified,
  }
}

function cpuByPart(
  parts: readonly CpuPart[],
  answered: number,
  before: CpuSample,
  after: CpuSample,
): Record<string, number> {
  return Object.fromEntries(
    parts.map(({ name, pids, withDescendants }) => {
      const of = withDescendants ? cpuOfTree : cpuOf
      const us = pids.reduce((sum, pid) => sum + of(pid, before, after), 0)
      return [name, us / answered]
    }),
  )
}

/** JSON with text and numbers, of about so many bytes. */
function textOf(bytes: number): string {
  const lines: object[] = []
  const whole = (): string => JSON.stringify({ fin: '0TEST01', setirler: lines })
  while (Buffer.byteLength(whole()) < bytes) {
    lines.push({ il: 2000 + lines.length, ad: `“Nümunə” MMC ${lines.length}`, odenilib: true })
  }
  return whole()
}
