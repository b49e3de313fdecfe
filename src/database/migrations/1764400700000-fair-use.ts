import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What consumers have used of what they may have, counted in one place for all workers and nodes: a bucket of tokens for
 * each consumer and service with a rate, the day's use of each access right with a quota. A row an owner of a limit, so
 * that neither table grows.
 */
export class FairUse1764400700000 implements MigrationInterface {
  readonly name = 'FairUse1764400700000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [buckets, quotas, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.fair_use_quota')
    await runner.query('DROP TABLE sluice.fair_use_bucket')
  }
}

// Unlogged: nobody waits for a disk, and after a crash of the database buckets are full, as after any pause.
const buckets = `
  CREATE UNLOGGED TABLE sluice.fair_use_bucket (
    meter text PRIMARY KEY,
    tokens double precision NOT NULL CHECK (tokens >= 0),
    filled_at timestamptz NOT NULL,
    granted integer NOT NULL
  ) WITH (fillfactor = 50)`

const quotas = `
  CREATE TABLE sluice.fair_use_quota (
    access_right text PRIMARY KEY,
    day date NOT NULL,
    used bigint NOT NULL CHECK (used >= 0),
    granted integer NOT NULL
  ) WITH (fillfactor = 50)`

const grants = [
  `GRANT SELECT, INSERT, UPDATE ON sluice.fair_use_bucket, sluice.fair_use_quota TO sluice_bus`,
  `GRANT SELECT ON sluice.fair_use_quota TO sluice_admin`,
]
