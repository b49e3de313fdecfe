import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What of a SOAP message's Header the provider of a service gets; nothing said is all of it. */
export class SoapHandling1764000300000 implements MigrationInterface {
  readonly name = 'SoapHandling1764000300000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sluice.service
        ADD COLUMN soap_security_header text CHECK (soap_security_header IN ('keep', 'strip')),
        ADD COLUMN soap_xroad_headers text CHECK (soap_xroad_headers IN ('keep', 'strip')),
        ADD CHECK ((soap_security_header IS NULL) = (soap_xroad_headers IS NULL))`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sluice.service DROP COLUMN soap_security_header, DROP COLUMN soap_xroad_headers`)
  }
}
