import type pg from 'pg'

/** What the database gave of what was asked for. */
export interface Granted {
  /** Of the exchanges asked for, the first so many. */
  readonly count: number
  /** For so long there is nothing more to be had, milliseconds. */
  readonly emptyMs: number
  /** The day of the country that it was counted to, `2026-11-26`; undefined where days do not matter. */
  readonly day: string | undefined
}

export interface Rate {
  readonly perSecond: number
  /** At once, after a pause. */
  readonly burst: number
}

/** What an access right has had of its quota. */
export interface QuotaUse {
  /** `2026-11-26`: the last day on which it was used. */
  readonly day: string
  readonly used: number
}

// The day of the country, by the database's clock: all nodes have the same one.
const today = `(now() AT TIME ZONE 'UTC' + interval '4 hours')::date`

// `now()` is when the statement began, before it waited for the row: a bucket that another has filled to a later moment
// meanwhile is not filled again for the same time.
const takeTokens = `
  INSERT INTO sluice.fair_use_bucket AS b (meter, tokens, filled_at, granted)
  VALUES ($1, $3::float8 - least($2::integer, $3::integer), now(), least($2::integer, $3::integer))
  ON CONFLICT (meter) DO UPDATE SET (tokens, filled_at, granted) = (
    SELECT full_to - least($2::integer, floor(full_to)), greatest(b.filled_at, now()),
           least($2::integer, floor(full_to))
      FROM (SELECT least($3::float8, b.tokens + $4::float8
              * greatest(0, extract(epoch FROM now() - b.filled_at)::float8)) AS full_to) filled)
  RETURNING granted, tokens`

const takeOfQuota = `
  INSERT INTO sluice.fair_use_quota AS q (access_right, day, used, granted)
  VALUES ($1, ${today}, least($2::integer, $3::integer), least($2::integer, $3::integer))
  ON CONFLICT (access_right) DO UPDATE SET (day, used, granted) = (
    SELECT greatest(q.day, EXCLUDED.day), before + more, more
      FROM (SELECT CASE WHEN EXCLUDED.day > q.day THEN 0 ELSE q.used END AS before) had,
           LATERAL (SELECT greatest(0, least($2::integer, $3::integer - before)) AS more) got)
  RETURNING granted, day::text`

const giveBack = `
  UPDATE sluice.fair_use_quota SET used = greatest(0, used - $2)
   WHERE access_right = $1 AND day = $3::date`

/** Counts what consumers use, for all workers and nodes at once: a row is changed by one at a time. */
export class FairUseStore {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** @throws Error of the driver where the database cannot answer */
  async takeTokens(meter: string, count: number, { perSecond, burst }: Rate): Promise<Granted> {
    const values = [meter, count, burst, perSecond]
    const { granted, tokens } = await this.#row<{ granted: number; tokens: number }>(
      'fair_use_tokens',
      takeTokens,
      values,
    )
    const emptyMs = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000)
    return { count: granted, emptyMs, day: undefined }
  }

  /** @throws Error of the driver where the database cannot answer */
  async takeOfQuota(accessRight: string, count: number, quota: number): Promise<Granted> {
    const { granted, day } = await this.#row<{ granted: number; day: string }>(
      'fair_use_quota',
      takeOfQuota,
      [accessRight, count, quota],
    )
    // Until midnight, or until somebody raises the quota or gives some of it back.
    return { count: granted, emptyMs: granted < count ? Infinity : 0, day }
  }

  /** What was taken on a day, and then was not used. */
  async giveBack(accessRight: string, count: number, day: string): Promise<void> {
    await this.#pool.query(giveBack, [accessRight, count, day])
  }

  /** Undefined where nothing of it was ever used. */
  async usageOf(accessRight: string): Promise<QuotaUse | undefined> {
    const { rows } = await this.#pool.query<{ day: string; used: string }>(
      'SELECT day::text, used FROM sluice.fair_use_quota WHERE access_right = $1',
      [accessRight],
    )
    const [row] = rows
    return row && { day: row.day, used: Number(row.used) }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #row<Row extends pg.QueryResultRow>(
    name: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row> {
    const { rows } = await this.#pool.query<Row>({ name, text, values: [...values] })
    const [row] = rows
    if (!row) throw new Error('the database counted nothing')
    return row
  }
}
