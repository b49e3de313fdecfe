import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Failures of providers are counted by the member whose requests they were, and not by its system: one member with two
 * systems is one. `consumer` stays for nodes of the build before.
 */
export class FailuresByMember1764600100000 implements MigrationInterface {
  readonly name = 'FailuresByMember1764600100000'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`ALTER TABLE ${table} ADD COLUMN member text`)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`ALTER TABLE ${table} DROP COLUMN member`)
  }
}

const tables = ['sluice.provider_failures', 'sluice.provider_trouble']
