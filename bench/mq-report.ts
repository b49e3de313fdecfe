import type { MqFigures } from './mq-measure.js'
import { mqKinds, type MqKind } from './mq-order.js'

const names: Readonly<Record<MqKind, string>> = {
  plain: 'plain RPC',
  relayed: 'handed on',
  request: 'request-reply',
  message: 'one-way',
}

/** The medians of the rounds, and of the rounds' own ratios to plain RPC. */
export function mqReport(found: readonly MqFigures[], sizes: readonly number[]): string {
  const lines: string[] = []
  for (const bytes of sizes) {
    lines.push(`${bytes} bytes`)
    const of = (kind: MqKind): MqFigures[] =>
      found.filter((each) => each.kind === kind && each.bytes === bytes)
    for (const kind of mqKinds) lines.push(lineOf(kind, of(kind), of('plain')))
  }
  const share = median(found.map(({ othersShare }) => othersShare))
  lines.push(`other programs took ${Math.round(share * 100)} % of the machine`)
  return `${lines.join('\n')}\n`
}

function lineOf(kind: MqKind, own: readonly MqFigures[], plain: readonly MqFigures[]): string {
  const of = (pick: (figures: MqFigures) => number): number => median(own.map(pick))
  const ratio = median(own.map((each, at) => each.perSecond / (plain[at]?.perSecond ?? NaN)))
  const rate = Math.round(of(({ perSecond }) => perSecond))
  const p50 = of(({ p50Ms }) => p50Ms).toFixed(1)
  const p99 = of(({ p99Ms }) => p99Ms).toFixed(1)
  const cpu = Object.keys(own[0]?.cpuUs ?? {})
    .map((part) => `${part} ${Math.round(of(({ cpuUs }) => cpuUs[part] ?? NaN))}`)
    .join(', ')
  return `  ${names[kind].padEnd(14)} ${rate}/s (${ratio.toFixed(2)})  p50 ${p50} ms  p99 ${p99} ms  CPU us: ${cpu}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
