import { stringify } from 'csv-stringify/sync'
import { defused } from './formula.js'

/**
 * A table as CSV (RFC 4180) in UTF-8 with a byte order mark, without which spreadsheets take Azerbaijani letters for
 * others; nothing in it is carried out.
 */
export function writeCsv(head: readonly string[], lines: readonly (readonly string[])[]): Buffer {
  const cells = [head, ...lines].map((line) => line.map(defused))
  return Buffer.from(stringify(cells, { bom: true, record_delimiter: 'windows' }))
}
