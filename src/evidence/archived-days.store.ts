import type { ClientBase } from 'pg'
import { archiveFilesNamedMax } from '../limits/evidence.js'
import { printable } from '../printable.js'

interface Row {
  readonly before: string
  readonly log: string
  readonly file_name: string
  readonly from_index: string
  readonly to_index: string
}

/**
 * Where an exchange that is not in the database may be: in the files of the first archive that took its day. What an
 * archive took, its act says.
 * @param day - of UTC, `2026-11-26`
 * @returns undefined where no archive has taken that day
 */
export async function archivedDayText(
  client: ClientBase,
  day: string,
): Promise<string | undefined> {
  const { rows } = await client.query<Row>(
    `WITH archive AS (
       SELECT a.*, convert_from(act.entry, 'UTF8')::jsonb #>> '{after,before}' AS before
         FROM sluice.log_archive a JOIN sluice.audit_log_entry act USING (act_id))
     SELECT before, log, file_name, from_index, to_index FROM archive
      WHERE before = (SELECT min(before) FROM archive WHERE before > $1)
      ORDER BY log, from_index LIMIT ${archiveFilesNamedMax + 1}`,
    [day],
  )
  const [first] = rows
  if (!first) return undefined
  const named = rows
    .slice(0, archiveFilesNamedMax)
    .map((row) => `${row.file_name} (${row.log}, entries ${row.from_index} to ${lastOf(row)})`)
  const more = rows.length > named.length ? ', and more (table log_archive)' : ''
  return printable(
    `the day ${day} went to archive files with the days before ${first.before}, and is no longer in the database. ` +
      `Give the file that has the exchange with --archive FILE: ${named.join(', ')}${more}.`,
  )
}

function lastOf({ to_index }: Row): string {
  return String(BigInt(to_index) - 1n)
}
