import type { ClientBase } from 'pg'

/** A table that has a partition a day. */
export interface PartitionedTable {
  readonly name: string
  /** Whether it has a row for each half of an exchange, or one for both. */
  readonly hasHalves: boolean
}

/** A part of a table that has the rows of some exchange ids. */
export interface LogPartition {
  readonly table: PartitionedTable
  readonly name: string
  /** Its smallest exchange id; undefined where it has no lower end. */
  readonly from: string | undefined
  /** The smallest exchange id that is beyond it. */
  readonly before: string
}

const smallestId = '00000000-0000-0000-0000-000000000000'
const boundPattern = /^FOR VALUES FROM \((?:MINVALUE|'(?<from>[^']+)')\) TO \('(?<before>[^']+)'\)$/

/** The tables with a partition a day, in the order in which writers lock them. */
export async function partitionedTables(client: ClientBase): Promise<PartitionedTable[]> {
  const { rows } = await client.query<{ name: string; has_halves: boolean }>(
    `SELECT relname AS name,
            EXISTS (SELECT FROM pg_attribute WHERE attrelid = oid AND attname = 'half') AS has_halves
       FROM pg_partitioned_table JOIN pg_class ON oid = partrelid
      WHERE relnamespace = 'sluice'::regnamespace AND partstrat = 'r'
      ORDER BY relname NOT LIKE 'message_log%', relname`,
  )
  return rows.map((row) => ({ name: row.name, hasHalves: row.has_halves }))
}

/** The partitions of the log by time, oldest first; the default partitions are not among them. */
export async function logPartitions(client: ClientBase): Promise<LogPartition[]> {
  const tables = await partitionedTables(client)
  const { rows } = await client.query<{ table: string; name: string; bound: string }>(
    `SELECT parent.relname AS table, part.relname AS name,
            pg_get_expr(part.relpartbound, part.oid) AS bound
       FROM pg_inherits
       JOIN pg_class part ON part.oid = inhrelid
       JOIN pg_class parent ON parent.oid = inhparent
      WHERE parent.relnamespace = 'sluice'::regnamespace AND parent.relname = ANY($1)
        AND pg_get_expr(part.relpartbound, part.oid) <> 'DEFAULT'
      ORDER BY part.relname`,
    [tables.map(({ name }) => name)],
  )
  const partitions = rows.map(({ table: tableName, name, bound }) => {
    const { from, before } = boundPattern.exec(bound)?.groups ?? {}
    const table = tables.find((each) => each.name === tableName)
    if (before === undefined || !table) throw new Error(`the bounds of ${name} cannot be read`)
    return { table, name, from, before }
  })
  return partitions.sort((a, b) => compared(a.before, b.before) || compared(a.name, b.name))
}

function compared(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** What goes when everything before an exchange id should go. */
export interface GoingRows {
  /** Every row with a smaller exchange id is in one of the partitions, or in the default one. */
  readonly beforeId: string
  readonly partitions: readonly LogPartition[]
  /** Where a partition has days that should go and others: the first id that is beyond it. */
  readonly straddledUntil: string | undefined
}

/**
 * As much of the rows before an id as makes whole partitions. The first of all may have many days, and stays
 * until the last of them goes.
 */
export function wholePartitions(all: readonly LogPartition[], wantedId: string): GoingRows {
  const partitions = all.filter(({ before }) => before <= wantedId)
  const staying = all.filter(({ before }) => before > wantedId)
  const starts = staying.map(({ from }) => from ?? smallestId)
  const beforeId = starts.reduce((least, from) => (from < least ? from : least), wantedId)
  const straddling = staying.find(({ from }) => (from ?? smallestId) < wantedId)
  return { beforeId, partitions, straddledUntil: straddling?.before }
}
