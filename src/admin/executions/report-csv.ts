import type { ExecutionReport, ReportFigures } from '../../execution/report.store.js'
import { writeCsv } from '../csv/write-csv.js'

/** Columns as people read them. */
const columns = [
  ['sent', 'Göndərilib'],
  ['received', 'Daxil olub'],
  ['registered', 'Qeydiyyata alınıb'],
  ['forwarded', 'Yönləndirilib'],
  ['answered', 'Cavablandırılıb'],
  ['answeredLate', 'Gecikmə ilə cavablandırılıb'],
  ['archived', 'Cavabsız arxivləşdirilib'],
  ['refused', 'İmtina edilib'],
  ['open', 'İcradadır'],
  ['overdue', 'İcra müddəti keçib'],
  ['medianSecondsToRegistration', 'Qeydiyyatadək median müddət (saniyə)'],
] as const satisfies readonly (readonly [keyof ReportFigures, string])[]

/** The report as a table, its sums in the last line. */
export function reportCsv({ lines, totals }: ExecutionReport): Buffer {
  const cells = (figures: ReportFigures): string[] =>
    columns.map(([key]) => String(figures[key] ?? ''))
  return writeCsv(
    ['Qurum', ...columns.map(([, name]) => name)],
    [...lines.map((line) => [line.member, ...cells(line)]), ['Cəmi', ...cells(totals)]],
  )
}
