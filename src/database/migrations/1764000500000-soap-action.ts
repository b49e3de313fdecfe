import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What the provider of a service is told that a SOAP message is about; nothing said is the empty action. */
export class SoapAction1764000500000 implements MigrationInterface {
  readonly name = 'SoapAction1764000500000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sluice.service
        ADD COLUMN soap_action text,
        ADD CHECK (soap_action IS NULL OR soap_security_header IS NOT NULL)`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sluice.service DROP COLUMN soap_action')
  }
}
