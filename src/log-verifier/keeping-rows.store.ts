import type { LogSnapshot } from './log-snapshot.store.js'

/** An act as it is stored, which answers for what is kept. */
export interface ActRow {
  readonly actId: string
  readonly entry: Buffer
}

/** A row of `log_archive`: entries of a log that lie in a file. Digests are base64. */
export interface ArchiveRow {
  readonly actId: string
  readonly log: string
  readonly from: number
  /** Not in the range. */
  readonly to: number
  readonly fileName: string
  readonly digest: string
  readonly root: string
  readonly checkpointSize: number
  /** Microseconds since 1970. */
  readonly at: number
}

/** A row of `payload_erasure`: payloads of a service that were erased at the end of their retention. */
export interface ErasureRow {
  readonly actId: string
  readonly service: string
  readonly fromId: string
  readonly beforeId: string
  readonly payloads: number
  readonly at: number
}

/** A row of `legal_hold`; what of the scope is null holds whatever it is. */
export interface HoldRow {
  readonly actId: string
  readonly holdId: string
  readonly isLift: boolean
  readonly scope: Readonly<Record<string, string | null>>
  readonly reason: string
  readonly at: number
}

/** What says what is kept, and the acts that answer for it. */
export interface KeepingRows {
  readonly acts: readonly ActRow[]
  readonly archives: readonly ArchiveRow[]
  readonly erasures: readonly ErasureRow[]
  readonly holds: readonly HoldRow[]
}

const numbers = ['from', 'to', 'checkpointSize', 'payloads', 'at']
const queries: Readonly<Record<keyof KeepingRows, string>> = {
  acts: `SELECT act_id AS "actId", entry FROM sluice.audit_log_entry
    WHERE kind IN ('log.archive', 'archive.erase', 'payload.erase', 'hold.set', 'hold.lift')
    ORDER BY act_id`,
  archives: `SELECT act_id AS "actId", log, from_index AS from, to_index AS to, file_name AS "fileName",
      ${base64('digest')} AS digest, ${base64('root_hash')} AS root,
      checkpoint_size AS "checkpointSize", ${microseconds('archived_at')} AS at
    FROM sluice.log_archive ORDER BY log COLLATE "C", from_index`,
  erasures: `SELECT act_id AS "actId", service, from_id::text AS "fromId", before_id::text AS "beforeId",
      payloads, ${microseconds('erased_at')} AS at FROM sluice.payload_erasure ORDER BY from_id, service`,
  holds: `SELECT act_id AS "actId", hold_id AS "holdId", is_lift AS "isLift", reason,
      json_build_object('exchangeId', exchange_id, 'service', service, 'consumer', consumer,
        'domain', domain, 'fromDay', from_day::text, 'toDay', to_day::text) AS scope,
      ${microseconds('made_at')} AS at FROM sluice.legal_hold ORDER BY hold_id, is_lift`,
}

/**
 * What went to archives and was erased until now, not until the snapshot was taken: a partition that is dropped
 * meanwhile is gone from the snapshot, too.
 */
export async function readKeepingRows(snapshot: LogSnapshot): Promise<KeepingRows> {
  const names = ['acts', 'archives', 'erasures', 'holds'] as const
  const [acts = [], archives = [], erasures = [], holds = []] = await snapshot.rowsTogether(
    names.map((name) => queries[name]),
  )
  for (const row of [...archives, ...erasures, ...holds]) {
    for (const name of numbers) if (name in row) row[name] = Number(row[name])
  }
  return { acts, archives, erasures, holds } as unknown as KeepingRows
}

function base64(column: string): string {
  return `replace(encode(${column}, 'base64'), E'\\n', '')`
}

function microseconds(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000000)::bigint`
}
