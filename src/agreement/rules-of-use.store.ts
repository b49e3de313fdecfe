import type { ClientBase, Pool } from 'pg'
import type { MemberId } from '../exchange/identifier.js'
import type { RulesAcknowledgement, RulesOfUse } from './rules-of-use.js'

type Database = Pick<Pool | ClientBase, 'query'>

interface Row {
  readonly version: number
  readonly title_az: string
  readonly title_en: string
  readonly text_az: string
  readonly text_en: string
  readonly in_force_from: Date
  readonly published_by: string
  readonly published_at: Date
}

const columns =
  'version, title_az, title_en, text_az, text_en, in_force_from, published_by, published_at'

/** One number of our own among the database's advisory locks. */
const rulesLock = 7_583_143_000

/** Writes the next version. */
export async function addRules(
  client: ClientBase,
  { title, text, inForceFrom, publishedBy, publishedAt }: Omit<RulesOfUse, 'version'>,
): Promise<RulesOfUse> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [rulesLock])
  const { rows } = await client.query<Row>(
    `INSERT INTO sluice.rules_of_use
       (version, title_az, title_en, text_az, text_en, in_force_from, published_by, published_at)
     SELECT coalesce(max(version), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM sluice.rules_of_use
     RETURNING ${columns}`,
    [title.az, title.en, text.az, text.en, inForceFrom, publishedBy, publishedAt],
  )
  const [row] = rows
  if (!row) throw new Error('one row was written')
  return rulesOf(row)
}

export async function findRules(
  database: Database,
  version: number,
): Promise<RulesOfUse | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.rules_of_use WHERE version = $1`,
    [version],
  )
  return rows[0] && rulesOf(rows[0])
}

/** The version that counts at a moment: the latest of those that have come into force. */
export async function rulesInForce(database: Database, now: Date): Promise<RulesOfUse | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.rules_of_use WHERE in_force_from <= $1
      ORDER BY version DESC LIMIT 1`,
    [now],
  )
  return rows[0] && rulesOf(rows[0])
}

/** From the first on. */
export async function listRules(
  database: Database,
  page: { readonly after?: number | undefined; readonly limit: number },
): Promise<RulesOfUse[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.rules_of_use WHERE version > $1 ORDER BY version LIMIT $2`,
    [page.after ?? 0, page.limit],
  )
  return rows.map(rulesOf)
}

/** @returns whether the member had not acknowledged them before */
export async function acknowledgeRules(
  client: ClientBase,
  { version, member, by, at }: RulesAcknowledgement,
  account: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO sluice.rules_acknowledgement (version, member, account, acknowledged_by, acknowledged_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [version, member, account, by, at],
  )
  return rowCount === 1
}

/** How a participant that is not liquidated stands to a version; `at` undefined where it has not acknowledged it. */
export interface RulesStanding {
  readonly member: MemberId
  readonly by: string | undefined
  readonly at: Date | undefined
}

/** In the order of members. */
export async function rulesStandings(
  database: Database,
  version: number,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<RulesStanding[]> {
  const { rows } = await database.query<{ member: MemberId; by: string | null; at: Date | null }>(
    `SELECT m.id AS member, a.acknowledged_by AS by, a.acknowledged_at AS at
       FROM sluice.member m LEFT JOIN sluice.rules_acknowledgement a ON a.member = m.id AND a.version = $1
      WHERE (m.status <> 'liquidated' OR a.version IS NOT NULL)
        AND m.id COLLATE "C" > $2 ORDER BY m.id COLLATE "C" LIMIT $3`,
    [version, page.after ?? '', page.limit],
  )
  return rows.map(({ member, by, at }) => ({ member, by: by ?? undefined, at: at ?? undefined }))
}

/** Participants in the exchange that have not acknowledged a version. */
export async function notAcknowledged(database: Database, version: number): Promise<MemberId[]> {
  const { rows } = await database.query<{ id: MemberId }>(
    `SELECT id FROM sluice.member m WHERE status <> 'liquidated' AND NOT EXISTS (
       SELECT 1 FROM sluice.rules_acknowledgement a WHERE a.member = m.id AND a.version = $1)
      ORDER BY id`,
    [version],
  )
  return rows.map(({ id }) => id)
}

function rulesOf(row: Row): RulesOfUse {
  return {
    version: row.version,
    title: { az: row.title_az, en: row.title_en },
    text: { az: row.text_az, en: row.text_en },
    inForceFrom: row.in_force_from,
    publishedBy: row.published_by,
    publishedAt: row.published_at,
  }
}
