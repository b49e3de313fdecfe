import type { MigrationInterface, QueryRunner } from 'typeorm'

/** A notice may be for whoever administers a domain for its founder: nobody reads those of other domains. */
export class NoticesOfDomains1764600100100 implements MigrationInterface {
  readonly name = 'NoticesOfDomains1764600100100'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sluice.notice DROP CONSTRAINT notice_check,
      ADD COLUMN recipient_domain text REFERENCES sluice.domain,
      ADD CONSTRAINT notice_recipient
        CHECK (num_nonnulls(recipient_member, recipient_role, recipient_domain) = 1)`)
    await runner.query(`CREATE INDEX notice_domain ON sluice.notice (recipient_domain, id)
      WHERE recipient_domain IS NOT NULL`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DELETE FROM sluice.mail WHERE notice IN (SELECT id FROM sluice.notice WHERE recipient_domain IS NOT NULL)`,
    )
    await runner.query('DELETE FROM sluice.notice WHERE recipient_domain IS NOT NULL')
    await runner.query(`ALTER TABLE sluice.notice DROP COLUMN recipient_domain,
      ADD CONSTRAINT notice_check CHECK ((recipient_member IS NULL) <> (recipient_role IS NULL))`)
  }
}
