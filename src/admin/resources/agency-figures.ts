import { z } from 'zod'
import type { BilingualText } from '../../exchange/fault.js'
import { folded } from '../../registry/folded.js'
import { badLines, readCsv, type CsvColumn } from '../csv/read-csv.js'
import { resourceAreaLimits } from './limits.js'

/** What is counted of an agency's services; the first is the whole of the second, that of the rest. */
export const figures = ['approved', 'offered', 'onPortal', 'onOwnSite', 'interactive'] as const
export type Figure = (typeof figures)[number]

const wholeOf: Readonly<Partial<Record<Figure, Figure>>> = {
  ...{ offered: 'approved', onPortal: 'offered', onOwnSite: 'offered', interactive: 'offered' },
}

export type Counts = Readonly<Record<Figure, number>>

export interface AgencyLine extends Counts {
  readonly agency: string
}

export interface AgencyTable {
  readonly lines: readonly AgencyLine[]
  /** The totals that the file itself prints. */
  readonly printed: Counts | undefined
}

const counts = Object.fromEntries(figures.map((each) => [each, z.int()])) as Record<
  Figure,
  z.ZodInt
>

export const figuresSchema = z
  .object({
    ...{ id: z.string(), title: z.string(), madeAt: z.iso.datetime(), madeBy: z.string() },
    lines: z.array(z.object({ agency: z.string(), ...counts })),
    totals: z.object(counts).describe('Sums of the lines'),
    anomalies: z.array(
      z.object({
        agency: z.string().optional().describe('Absent for the printed total'),
        ...{ figure: z.enum(figures), count: z.int() },
        exceeds: z.enum(figures).optional().describe('The whole that this is a part of'),
        expected: z.int().describe('The sum of the lines, or the whole'),
        difference: z.int(),
      }),
    ),
  })
  .meta({ id: 'AgencyFigures', description: 'Services of agencies, counted in five ways' })
type Anomaly = z.infer<typeof figuresSchema>['anomalies'][number]

const columns = [
  { key: 'agency', names: ['Qurum', 'Dövlət orqanı'], isRequired: true },
  { key: 'approved', names: ['Təsdiqlənmiş'], isRequired: true },
  { key: 'offered', names: ['Təqdim olunan'], isRequired: true },
  { key: 'onPortal', names: ['Portalda'], isRequired: true },
  { key: 'onOwnSite', names: ['Öz saytında'], isRequired: true },
  { key: 'interactive', names: ['İnteraktiv'], isRequired: true },
] as const satisfies readonly CsvColumn<string>[]

const totalNames = new Set(['cəmi', 'cəmi:', 'yekun', 'total'])

/** @throws Problem UNPROCESSABLE, which names every bad line */
export function readFigures(bytes: Uint8Array): AgencyTable {
  const flaws: [number, BilingualText][] = []
  const lines: AgencyLine[] = []
  const seen = new Set<string>()
  let printed: Counts | undefined
  for (const { line, cells } of readCsv(bytes, columns)) {
    const found = Object.fromEntries(figures.map((each) => [each, countIn(cells[each])]))
    const { agency } = cells
    if (agency === '' || seen.has(folded(agency))) {
      flaws.push([line, { az: 'qurum bir dəfə yazılmalıdır', en: 'must name an agency, once' }])
    }
    if (figures.some((each) => found[each] === undefined)) {
      flaws.push([line, { az: 'say tam ədəd olmalıdır', en: 'a count is a whole number' }])
      continue
    }
    seen.add(folded(agency))
    if (totalNames.has(folded(agency))) printed = found as Counts
    else lines.push({ agency, ...(found as Counts) })
  }
  const { agencyLinesMax: max } = resourceAreaLimits
  if (lines.length > max || (lines.length === 0 && flaws.length === 0)) {
    flaws.push([1, { az: `1-${max} sətir olmalıdır`, en: `must have 1 to ${max} lines` }])
  }
  if (flaws.length > 0) throw badLines(flaws)
  return { lines, printed }
}

function countIn(text: string): number | undefined {
  // Thousands are written with a space: 13 025.
  const digits = text.replaceAll(/[\s\u00a0]/g, '')
  if (!/^\d{1,10}$/.test(digits)) return undefined
  const count = Number(digits)
  return count <= resourceAreaLimits.countMax ? count : undefined
}

export function totalsOf(lines: readonly AgencyLine[]): Counts {
  const sum = (figure: Figure): number => lines.reduce((total, line) => total + line[figure], 0)
  return Object.fromEntries(figures.map((each) => [each, sum(each)])) as Counts
}

/** Printed totals that are not the sums of the lines, and parts that exceed their whole. */
export function anomaliesOf({ lines, printed }: AgencyTable): Anomaly[] {
  const totals = totalsOf(lines)
  const found: Anomaly[] = []
  for (const figure of figures) {
    const count = printed?.[figure] ?? totals[figure]
    const expected = totals[figure]
    if (count !== expected) found.push({ figure, count, expected, difference: count - expected })
  }
  for (const line of lines) {
    for (const figure of figures) {
      const exceeds = wholeOf[figure]
      if (exceeds === undefined || line[figure] <= line[exceeds]) continue
      const [count, expected] = [line[figure], line[exceeds]]
      const difference = count - expected
      found.push({ agency: line.agency, figure, count, exceeds, expected, difference })
    }
  }
  return found
}
