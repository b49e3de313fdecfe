import type { ClientBase } from 'pg'
import type { Table } from '../../registry/table.js'
import { Problem } from '../problem.js'
import { checkRevision } from '../tagged.js'

/** The revision of an entry, within the caller's transaction; undefined where there is no such entry. */
export async function entryRevision<T>(
  client: Pick<ClientBase, 'query'>,
  { table, columns: [key] }: Table<T>,
  id: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ revision: string }>(
    `SELECT revision FROM sluice.${table} WHERE ${key?.name ?? ''} = $1`,
    [id],
  )
  return rows[0] && Number(rows[0].revision)
}

/** @throws Problem NOT_FOUND, CHANGED_MEANWHILE */
export async function checkEntry<T>(
  client: Pick<ClientBase, 'query'>,
  table: Table<T>,
  id: string,
  seen: number,
): Promise<void> {
  const present = await entryRevision(client, table, id)
  if (present === undefined) throw new Problem('NOT_FOUND')
  checkRevision(present, seen)
}

/** @throws Problem CONFLICT where there is one already */
export async function checkAbsent<T>(
  client: Pick<ClientBase, 'query'>,
  table: Table<T>,
  id: string,
): Promise<void> {
  if ((await entryRevision(client, table, id)) === undefined) return
  throw new Problem('CONFLICT', {
    detail: { az: 'Belə bir qeyd artıq var', en: 'There is such an entry already' },
  })
}
