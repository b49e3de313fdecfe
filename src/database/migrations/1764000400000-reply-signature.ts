import type { MigrationInterface, QueryRunner } from 'typeorm'

/** By which of its keys the bus signs replies to a subsystem, for stacks that verify RSA only. */
export class ReplySignature1764000400000 implements MigrationInterface {
  readonly name = 'ReplySignature1764000400000'

  async up(runner: QueryRunner): Promise<void> {
    // The default serves builds that do not know the column yet.
    await runner.query(`
      ALTER TABLE sluice.subsystem
        ADD COLUMN reply_signature text NOT NULL DEFAULT 'ecdsa'
          CHECK (reply_signature IN ('ecdsa', 'rsa'))`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sluice.subsystem DROP COLUMN reply_signature')
  }
}
