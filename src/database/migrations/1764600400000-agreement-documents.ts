import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What an agreement and an annex name as their paper is one that was written. */
export class AgreementDocuments1764600400000 implements MigrationInterface {
  readonly name = 'AgreementDocuments1764600400000'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) {
      await runner.query(
        `ALTER TABLE sluice.${table} ADD CONSTRAINT ${table}_written
           FOREIGN KEY (document) REFERENCES sluice.document`,
      )
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) {
      await runner.query(`ALTER TABLE sluice.${table} DROP CONSTRAINT ${table}_written`)
    }
  }
}

const tables = ['agreement', 'agreement_annex']
