import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The bus's role may use the schema; what it may do with a table stands beside the table. */
export class BusRoleGrants1764000000000 implements MigrationInterface {
  readonly name = 'BusRoleGrants1764000000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL ON SCHEMA sluice FROM PUBLIC')
    await runner.query('GRANT USAGE ON SCHEMA sluice TO sluice_bus')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL ON SCHEMA sluice FROM sluice_bus')
  }
}
