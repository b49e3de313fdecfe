import type {
  BenchReport,
  NeighbourFigures,
  PhaseFigures,
  ReferenceFigures,
  ScenarioFigures,
} from './report.js'

/** The report as a table for people. */
export function reportText(report: BenchReport): string {
  const lines = [
    `Sluice ${report.sluice}, Node ${report.node}, ${report.cores} × ${report.cpu}, ` +
      `${report.workers} workers, ${report.connections} connections; everything on this machine.`,
    '',
    row(['', 'bytes', '/s', 'p50 ms', 'p95', 'p99', 'half: p50', 'p95', 'p99', 'CPU µs']),
    ...report.scenarios.map(scenarioRow),
    '',
    ...report.neighbours.map(neighbourText),
    '',
    ...report.references.map(referenceRow),
    ...(report.references.length > 0 ? [''] : []),
    `Log: ${report.log.exchanges} exchanges, ${report.log.requestEntries} requests and ` +
      `${report.log.replyEntries} replies durable, ${report.log.failed} failed. ${report.ok ? 'All is there.' : 'WRONG.'}`,
  ]
  return lines.join('\n')
}

function scenarioRow({ lane, consumerKey, payloadBytes, max, half }: ScenarioFigures): string {
  const times = [max.p50Ms, max.p95Ms, max.p99Ms, half.p50Ms, half.p95Ms, half.p99Ms]
  return row([`${lane} ${consumerKey}`, payloadBytes, max.perSecond, ...times, cpuText(max)])
}

function neighbourText(figures: NeighbourFigures): string {
  const { lane, ratePerSecond, quiet, hanging, ratio, withinLimit, answered, failed } = figures
  return (
    `${lane}: p95 at one provider, ${ratePerSecond}/s: ${quiet.p95Ms} ms; while another one hangs ` +
    `${hanging.p95Ms} ms, ${ratio} times as much (${withinLimit ? 'within' : 'NOT within'} 10 %); ` +
    `${answered} answered, ${failed} failed (others ${shareText(figures.othersShare)})`
  )
}

function referenceRow({ name, processes, payloadBytes, max, ratios }: ReferenceFigures): string {
  const text = Object.entries(ratios).map(([key, ratio]) => `${key} ${ratio}`)
  const times = [max.p50Ms, max.p95Ms, max.p99Ms]
  return row([
    `${name} × ${processes}`,
    payloadBytes,
    max.perSecond,
    ...times,
    `${cpuText(max)}; bus/this: ${text.join(', ')}`,
  ])
}

function cpuText({ cpuUs, othersShare }: PhaseFigures): string {
  if (!cpuUs) return ''
  const parts = Object.entries(cpuUs).map(([part, us]) => `${part} ${us}`)
  return `${parts.join(', ')} (others ${shareText(othersShare)})`
}

function shareText(share: number | null): string {
  return `${Math.round((share ?? 0) * 100)} %`
}

function row([name = '', ...cells]: readonly (string | number)[]): string {
  return String(name).padEnd(18) + cells.map((cell) => String(cell).padStart(10)).join(' ')
}
