import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Answers of the admin API to requests that came with an Idempotency-Key, for who sends them again. */
export class AdminIdempotency1764400100000 implements MigrationInterface {
  readonly name = 'AdminIdempotency1764400100000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sluice.admin_request (
        administrator text NOT NULL,
        key text NOT NULL CHECK (key ~ '^[!-~]{1,128}$'),
        request_digest bytea NOT NULL CHECK (octet_length(request_digest) = 32),
        -- Null while the request is carried out, and for good where nobody knows what became of it.
        answer json,
        made_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (administrator, key)
      )`)
    await runner.query('CREATE INDEX ON sluice.admin_request (made_at)')
    await runner.query(
      'GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.admin_request TO sluice_admin',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.admin_request')
  }
}
