import type { ClientBase, Pool } from 'pg'
import type { RequirementSet, TechnicalRequirement } from './requirement.js'

/** A set as it is written; its version is the next one. */
export type NewRequirementSet = Omit<RequirementSet, 'version'>

interface Row {
  readonly version: number
  readonly in_force_from: Date
  readonly recheck_until: Date | null
  readonly requirements: readonly TechnicalRequirement[]
}

const columns = 'version, in_force_from, recheck_until, requirements'

/** The versions of the technical requirements. */
export class RequirementSets {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  /**
   * The set that is in force at a moment: the newest of those that are.
   * @throws Error where none is, which is before the first
   */
  async inForce(at: Date): Promise<RequirementSet> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${columns} FROM sluice.requirement_set WHERE in_force_from <= $1
        ORDER BY in_force_from DESC LIMIT 1`,
      [at],
    )
    const [row] = rows
    if (!row) throw new Error('no technical requirements are in force')
    return setOf(row)
  }

  async find(version: number): Promise<RequirementSet | undefined> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${columns} FROM sluice.requirement_set WHERE version = $1`,
      [version],
    )
    const [row] = rows
    return row && setOf(row)
  }

  /** The newest first, from before version `before` on. */
  async list(limit: number, before: number | undefined): Promise<RequirementSet[]> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${columns} FROM sluice.requirement_set WHERE $2::integer IS NULL OR version < $2
        ORDER BY version DESC LIMIT $1`,
      [limit, before ?? null],
    )
    return rows.map(setOf)
  }
}

/**
 * Writes the next version, in the caller's transaction.
 * @returns its version; undefined where it would not come into force after the newest one
 * @throws Error with code 23505 where somebody else writes one at the same time
 */
export async function addRequirementSet(
  client: ClientBase,
  { inForceFrom, recheckUntil, requirements }: NewRequirementSet,
  writtenBy: string,
): Promise<number | undefined> {
  const { rows } = await client.query<{ version: number }>(
    `INSERT INTO sluice.requirement_set
       (version, in_force_from, recheck_until, requirements, written_by)
     SELECT max(version) + 1, $1, $2, $3, $4 FROM sluice.requirement_set
      HAVING max(in_force_from) < $1
     RETURNING version`,
    [inForceFrom, recheckUntil ?? null, JSON.stringify(requirements), writtenBy],
  )
  return rows[0]?.version
}

function setOf(row: Row): RequirementSet {
  return {
    version: row.version,
    inForceFrom: row.in_force_from,
    recheckUntil: row.recheck_until ?? undefined,
    requirements: row.requirements,
  }
}
