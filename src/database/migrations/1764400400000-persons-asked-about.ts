import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Exchanges are found by the persons that they are about, too, and workers may look: a person is told which bodies asked
 * about them. One request may be about several, so their hashes are a list.
 */
export class PersonsAskedAbout1764400400000 implements MigrationInterface {
  readonly name = 'PersonsAskedAbout1764400400000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [named, grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`REVOKE SELECT ON ${tables} FROM sluice_bus`)
    await runner.query('ALTER TABLE sluice.exchange_search DROP COLUMN about_keys')
  }
}

const named = `
  ALTER TABLE sluice.exchange_search ADD COLUMN about_keys bigint[];
  CREATE INDEX exchange_search_about ON sluice.exchange_search USING gin (about_keys)
    WHERE about_keys IS NOT NULL`

const tables =
  'sluice.exchange_search, sluice.exchange_search_parties, sluice.exchange_search_progress'

const grants = `GRANT SELECT ON ${tables} TO sluice_bus`
