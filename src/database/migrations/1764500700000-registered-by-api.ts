import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What a contract says stands beside its files, so that a service may name its digest and be held to it (a build before
 * this one writes none); and what has ended can be put away.
 */
export class RegisteredByApi1764500700000 implements MigrationInterface {
  readonly name = 'RegisteredByApi1764500700000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sluice.service_contract
        ADD COLUMN facts jsonb CHECK (jsonb_typeof(facts) = 'object')`)
    await runner.query(
      `CREATE INDEX ON sluice.service_contract ((facts ->> 'service')) WHERE facts IS NOT NULL`,
    )
    for (const table of archivable) {
      await runner.query(`
        ALTER TABLE sluice.${table} ADD COLUMN archived boolean NOT NULL DEFAULT false`)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of archivable) {
      await runner.query(`ALTER TABLE sluice.${table} DROP COLUMN archived`)
    }
    await runner.query('ALTER TABLE sluice.service_contract DROP COLUMN facts')
  }
}

/** Whether that has ended which is put away is known to who plans changes: a service ends with its system. */
const archivable = ['member', 'subsystem', 'service']
