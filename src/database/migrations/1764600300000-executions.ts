import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Control of execution: what messages say of cases, as their contracts declare it, and what recipients have to do
 * by which day. Of a message there is nothing here but the id of its case, which is a UUID, its deadline, and times.
 */
export class Executions1764600300000 implements MigrationInterface {
  readonly name = 'Executions1764600300000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [step, execution, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.execution')
    await runner.query('DROP TABLE sluice.execution_step')
  }
}

// Written with the entry of its message, and taken out again by the job: workers never wait for each other here.
const step = `
  CREATE TABLE sluice.execution_step (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange_id uuid NOT NULL,
    step text NOT NULL CHECK (step IN ('opened', 'registered', 'forwarded', 'in-execution', 'answered', 'archived')),
    case_id uuid NOT NULL,
    domain text NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    provider text NOT NULL,
    deadline timestamptz,
    reminder_days smallint,
    notice_hours smallint,
    at timestamptz NOT NULL,
    CHECK ((step = 'opened') = (reminder_days IS NOT NULL)),
    CHECK ((step = 'opened') = (notice_hours IS NOT NULL))
  )`

// `look_at`, `remind_at`, `overdue_at` and `notice_due_at` say when the job has something to do with it; null: nothing.
const execution = `
  CREATE TABLE sluice.execution (
    id uuid PRIMARY KEY,
    domain text NOT NULL,
    case_id uuid NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    provider text NOT NULL,
    copies integer NOT NULL DEFAULT 1,
    received_at timestamptz NOT NULL,
    first_deadline timestamptz,
    deadline timestamptz,
    reminder_days smallint NOT NULL,
    delivered_at timestamptz,
    accepted_at timestamptz,
    registered_at timestamptz,
    forwarded_at timestamptz,
    in_execution_at timestamptz,
    answered_at timestamptz,
    archived_at timestamptz,
    refused_at timestamptz,
    ended_at timestamptz GENERATED ALWAYS AS (least(answered_at, archived_at, refused_at)) STORED,
    look_at timestamptz,
    remind_at timestamptz,
    overdue_at timestamptz,
    notice_due_at timestamptz
  );
  -- What was refused may be sent again; another copy of what was not is no other execution.
  CREATE UNIQUE INDEX execution_case ON sluice.execution (case_id, domain, sender, provider) WHERE refused_at IS NULL;
  CREATE INDEX execution_received ON sluice.execution (domain, received_at);
  CREATE INDEX execution_open ON sluice.execution (id) WHERE ended_at IS NULL;
  CREATE INDEX execution_look ON sluice.execution (look_at) WHERE look_at IS NOT NULL;
  CREATE INDEX execution_remind ON sluice.execution (remind_at) WHERE remind_at IS NOT NULL;
  CREATE INDEX execution_overdue ON sluice.execution (overdue_at) WHERE overdue_at IS NOT NULL;
  CREATE INDEX execution_notice ON sluice.execution (notice_due_at) WHERE notice_due_at IS NOT NULL`

const grants = [
  'GRANT INSERT ON sluice.execution_step TO sluice_bus',
  'GRANT SELECT, DELETE ON sluice.execution_step TO sluice_admin',
  'GRANT SELECT, INSERT, UPDATE ON sluice.execution TO sluice_admin',
  // When which notice was given; not what it says.
  'GRANT SELECT (exchange_id, code, at) ON sluice.outbox_notice TO sluice_admin',
]
