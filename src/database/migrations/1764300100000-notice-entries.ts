import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The message log takes recipients' notices: each is half 2 of an exchange id of its own. */
export class NoticeEntries1764300100000 implements MigrationInterface {
  readonly name = 'NoticeEntries1764300100000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(withKinds("'request', 'reply', 'refusal', 'unresolved', 'notice'"))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(withKinds("'request', 'reply', 'refusal', 'unresolved'"))
  }
}

const withKinds = (kinds: string): string => `
  ALTER TABLE sluice.message_log_entry
    DROP CONSTRAINT message_log_entry_kind_check,
    ADD CONSTRAINT message_log_entry_kind_check CHECK (kind IN (${kinds}))`
