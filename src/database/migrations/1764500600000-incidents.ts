import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What goes wrong, and what becomes of it: incidents of the bus, fault reports and proposals of
 * participants, how far standbys are behind, and mails by which notices reach people.
 */
export class Incidents1764500600000 implements MigrationInterface {
  readonly name = 'Incidents1764500600000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [incident, filing, mail, replicas, ...grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION sluice.replicas()')
    await runner.query('DROP TABLE sluice.mail')
    await runner.query('ALTER TABLE sluice.notice DROP COLUMN mailed_at')
    await runner.query(
      'DROP TABLE sluice.filing_event, sluice.filing, sluice.filing_number, sluice.incident',
    )
    await runner.query('DROP FUNCTION sluice.ended_stays()')
  }
}

// `detail` is what the health of a node says, addresses of machines included: not for everybody's eyes.
const incident = `
  CREATE FUNCTION sluice.ended_stays() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'what has ended stays as it is' USING ERRCODE = '42501';
  END $$;

  CREATE TABLE sluice.incident (
    id uuid PRIMARY KEY,
    cause text NOT NULL CHECK (cause ~ '^[a-z][a-z-]{0,31}$'),
    by_bus boolean NOT NULL,
    opened_by text NOT NULL CHECK (opened_by <> ''),
    detail text CHECK (length(detail) <= 1000),
    description jsonb,
    started_at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decision', 'decided', 'closed')),
    decision text CHECK (decision IN ('take-over', 'stay')),
    decision_reason text,
    decided_by text,
    decided_at timestamptz,
    closed_by text,
    closing jsonb,
    ended_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    CHECK (ended_at >= started_at),
    CHECK ((state = 'closed') = (ended_at IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_by IS NOT NULL)),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NULL) = (decided_by IS NULL)),
    CHECK ((decision IS NULL) = (decision_reason IS NULL)),
    CHECK (by_bus OR description IS NOT NULL)
  );
  -- Over all nodes a cause has one open incident; what a person describes may be anything.
  CREATE UNIQUE INDEX incident_open ON sluice.incident (cause) WHERE state <> 'closed' AND cause <> 'other';
  CREATE INDEX incident_unclosed ON sluice.incident (id) WHERE state <> 'closed';
  CREATE INDEX incident_ended ON sluice.incident (cause, ended_at) WHERE state = 'closed';
  CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.incident
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps();
  CREATE TRIGGER ended BEFORE UPDATE ON sluice.incident
  FOR EACH ROW WHEN (OLD.state = 'closed') EXECUTE FUNCTION sluice.ended_stays()`

const filing = `
  CREATE TABLE sluice.filing_number (
    kind text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (kind, year)
  );
  CREATE TABLE sluice.filing (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('fault-report', 'proposal')),
    number text NOT NULL UNIQUE,
    member text NOT NULL REFERENCES sluice.member,
    about text,
    title text NOT NULL CHECK (title <> ''),
    body text NOT NULL CHECK (body <> ''),
    state text NOT NULL DEFAULT 'filed' CHECK (state IN ('filed', 'accepted', 'answered', 'withdrawn')),
    outcome text,
    answer text,
    filed_by text NOT NULL,
    filed_at timestamptz NOT NULL,
    ended_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    CHECK ((state IN ('answered', 'withdrawn')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'answered') = (answer IS NOT NULL)),
    CHECK ((state = 'answered') = (outcome IS NOT NULL))
  );
  CREATE INDEX filing_kind ON sluice.filing (kind, id);
  CREATE INDEX filing_member ON sluice.filing (member, kind, id);
  CREATE TABLE sluice.filing_event (
    filing uuid NOT NULL REFERENCES sluice.filing,
    position integer NOT NULL,
    at timestamptz NOT NULL,
    state text NOT NULL,
    actor text NOT NULL,
    note text,
    PRIMARY KEY (filing, position)
  );
  CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.filing
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps();
  CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON sluice.filing_event
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps();
  CREATE TRIGGER ended BEFORE UPDATE ON sluice.filing
  FOR EACH ROW WHEN (OLD.state IN ('answered', 'withdrawn')) EXECUTE FUNCTION sluice.ended_stays()`

// What a mail says is the notice's text; an address is kept no longer than until somebody may ask what became of it.
const mail = `
  ALTER TABLE sluice.notice ADD COLUMN mailed_at timestamptz;
  CREATE INDEX notice_unmailed ON sluice.notice (at) WHERE mailed_at IS NULL;
  CREATE TABLE sluice.mail (
    id uuid PRIMARY KEY,
    notice uuid NOT NULL REFERENCES sluice.notice,
    recipient text NOT NULL,
    made_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'given-up')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    trouble text,
    ended_at timestamptz,
    UNIQUE (notice, recipient),
    CHECK ((state = 'waiting') = (ended_at IS NULL))
  );
  CREATE INDEX mail_due ON sluice.mail (next_at) WHERE state = 'waiting';
  CREATE INDEX mail_ended ON sluice.mail (ended_at) WHERE state <> 'waiting'`

// Of who else is connected, the view behind it shows nothing but to who may read all statistics: the owner lends that view alone.
const replicas = `
  CREATE FUNCTION sluice.replicas()
  RETURNS TABLE (name text, address text, state text, sync_state text, written numeric, flushed numeric,
                 replayed numeric, replay_lag_ms double precision)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT application_name, host(client_addr), state, sync_state,
           pg_current_wal_flush_lsn() - '0/0'::pg_lsn, flush_lsn - '0/0'::pg_lsn,
           replay_lsn - '0/0'::pg_lsn, extract(epoch FROM replay_lag)::double precision * 1000
      FROM pg_stat_replication ORDER BY application_name, pid
  $$;
  REVOKE ALL ON FUNCTION sluice.replicas() FROM PUBLIC`

const grants = [
  'GRANT SELECT, INSERT ON sluice.incident, sluice.filing, sluice.filing_event TO sluice_admin',
  `GRANT UPDATE (started_at, last_seen_at, detail, state, decision, decision_reason, decided_by, decided_at,
                 closed_by, closing, ended_at, revision) ON sluice.incident TO sluice_admin`,
  'GRANT UPDATE (state, outcome, answer, ended_at, revision) ON sluice.filing TO sluice_admin',
  'GRANT SELECT, INSERT, UPDATE ON sluice.filing_number TO sluice_admin',
  'GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.mail TO sluice_admin',
  'GRANT UPDATE (mailed_at) ON sluice.notice TO sluice_admin',
  'GRANT EXECUTE ON FUNCTION sluice.replicas() TO sluice_admin',
]
