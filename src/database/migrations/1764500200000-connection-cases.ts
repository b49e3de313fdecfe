import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Connection cases, each the sum of its steps: the database itself knows the order of steps and takes no other, whoever
 * asks it, and what was written of a case it keeps. With them, who admits in which domain.
 */
export class ConnectionCases1764500200000 implements MigrationInterface {
  readonly name = 'ConnectionCases1764500200000'

  async up(runner: QueryRunner): Promise<void> {
    const parts = [transitions, cases, steps, notes, checks, decisions, profiles]
    for (const statement of [keeps, ...parts, ...rules, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'profile',
      'check_decision',
      'check',
      'case_note',
      'case_step',
      'case',
      'transition',
    ]
    for (const table of tables) await runner.query(`DROP TABLE sluice.connection_${table}`)
    for (const name of [
      'kept',
      'case_stepped',
      'case_step_taken',
      'case_changed',
      'check_changed',
    ]) {
      await runner.query(`DROP FUNCTION sluice.connection_${name}()`)
    }
  }
}

const keeps = `
  CREATE FUNCTION sluice.connection_kept() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'what was written of a connection case stays' USING ERRCODE = '42501';
  END $$`

// Frozen here as every migration is; a test holds it against the table that the code goes by.
const transitions = `
  CREATE TABLE sluice.connection_transition (
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (from_state, to_state)
  );
  INSERT INTO sluice.connection_transition VALUES
    ('DRAFT', 'SUBMITTED'), ('DRAFT', 'WITHDRAWN'),
    ('SUBMITTED', 'CHECKING'), ('SUBMITTED', 'RETURNED_INCOMPLETE'), ('SUBMITTED', 'WITHDRAWN'),
    ('RETURNED_INCOMPLETE', 'SUBMITTED'), ('RETURNED_INCOMPLETE', 'WITHDRAWN'),
    ('CHECKING', 'OPINION_POSITIVE'), ('CHECKING', 'CHANGES_REQUIRED'),
    ('CHANGES_REQUIRED', 'IMPROVING'), ('CHANGES_REQUIRED', 'REFUSED'), ('CHANGES_REQUIRED', 'WITHDRAWN'),
    ('IMPROVING', 'CHECKING'), ('IMPROVING', 'REFUSED'), ('IMPROVING', 'WITHDRAWN'),
    ('OPINION_POSITIVE', 'CONTRACTED'),
    ('CONTRACTED', 'REGISTERED'),
    ('REGISTERED', 'CONNECTED')`

const cases = `
  CREATE TABLE sluice.connection_case (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('system', 'resource', 'service')),
    member text NOT NULL REFERENCES sluice.member,
    domain text NOT NULL REFERENCES sluice.domain,
    object_id text NOT NULL CHECK (object_id <> ''),
    application jsonb NOT NULL,
    state text NOT NULL DEFAULT 'DRAFT' CHECK (state = 'DRAFT' OR revision > 1),
    state_since timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL CHECK (opened_by <> ''),
    revision integer NOT NULL DEFAULT 1
  );
  -- An object has one case at a time.
  CREATE UNIQUE INDEX connection_case_open ON sluice.connection_case (kind, object_id)
    WHERE state NOT IN ('REFUSED', 'CONNECTED', 'WITHDRAWN');
  CREATE INDEX connection_case_member ON sluice.connection_case (member, id);
  CREATE INDEX connection_case_domain ON sluice.connection_case (domain, id);
  CREATE INDEX connection_case_object ON sluice.connection_case (object_id)`

const steps = `
  CREATE TABLE sluice.connection_case_step (
    case_id uuid NOT NULL REFERENCES sluice.connection_case,
    number integer NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    by jsonb NOT NULL CHECK (by ->> 'actor' <> ''),
    note text,
    documents jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (case_id, number)
  );
  CREATE INDEX connection_case_step_at ON sluice.connection_case_step (at)`

const notes = `
  CREATE TABLE sluice.connection_case_note (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES sluice.connection_case,
    kind text NOT NULL CHECK (kind IN ('improvement', 'security-opinion')),
    at timestamptz NOT NULL,
    by jsonb NOT NULL CHECK (by ->> 'actor' <> ''),
    content jsonb NOT NULL,
    document jsonb NOT NULL
  );
  CREATE INDEX connection_case_note_case ON sluice.connection_case_note (case_id, id)`

const checks = `
  CREATE TABLE sluice.connection_check (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES sluice.connection_case,
    application jsonb NOT NULL,
    requirement_set integer NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by jsonb NOT NULL CHECK (requested_by ->> 'actor' <> ''),
    attempts integer NOT NULL DEFAULT 0,
    leased_by text,
    leased_until timestamptz,
    trouble text,
    ended_at timestamptz,
    protocol jsonb,
    CHECK ((ended_at IS NULL) = (protocol IS NULL))
  );
  CREATE INDEX connection_check_case ON sluice.connection_check (case_id, id);
  CREATE INDEX connection_check_due ON sluice.connection_check (requested_at) WHERE ended_at IS NULL`

const decisions = `
  CREATE TABLE sluice.connection_check_decision (
    check_id uuid NOT NULL REFERENCES sluice.connection_check,
    number integer NOT NULL CHECK (number > 0),
    code text NOT NULL,
    result text NOT NULL CHECK (result IN ('pass', 'fail', 'warning', 'not-applicable')),
    reason text NOT NULL CHECK (reason <> ''),
    at timestamptz NOT NULL,
    by jsonb NOT NULL CHECK (by ->> 'actor' <> ''),
    PRIMARY KEY (check_id, number)
  )`

// Not bound to the domain's entry: what the founding acts say of these two holds before anybody declares them.
const profiles = `
  CREATE TABLE sluice.connection_profile (
    domain text PRIMARY KEY CHECK (domain <> ''),
    approver text NOT NULL CHECK (approver IN ('OPERATOR', 'FOUNDER_ADMIN')),
    security_opinion boolean NOT NULL,
    revision integer NOT NULL DEFAULT 1
  );
  INSERT INTO sluice.connection_profile (domain, approver, security_opinion) VALUES
    ('MURACIET', 'FOUNDER_ADMIN', false), ('SENED', 'OPERATOR', true)`

const kept = (table: string, events: string): string =>
  `CREATE TRIGGER kept BEFORE ${events} ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.connection_kept()`

const rules = [
  kept('connection_transition', 'INSERT OR UPDATE OR DELETE OR TRUNCATE'),
  kept('connection_case', 'DELETE OR TRUNCATE'),
  kept('connection_case_step', 'UPDATE OR DELETE OR TRUNCATE'),
  kept('connection_case_note', 'UPDATE OR DELETE OR TRUNCATE'),
  kept('connection_check', 'DELETE OR TRUNCATE'),
  kept('connection_check_decision', 'UPDATE OR DELETE OR TRUNCATE'),
  kept('connection_profile', 'DELETE OR TRUNCATE'),
  `CREATE FUNCTION sluice.connection_case_stepped() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   DECLARE
     last record;
   BEGIN
     PERFORM FROM sluice.connection_case WHERE id = NEW.case_id FOR UPDATE;
     SELECT number, state, at INTO last FROM sluice.connection_case_step
      WHERE case_id = NEW.case_id ORDER BY number DESC LIMIT 1;
     IF last.number IS NULL THEN
       IF NEW.number = 1 AND NEW.state = 'DRAFT' THEN RETURN NEW; END IF;
       RAISE EXCEPTION 'a connection case begins as a draft' USING ERRCODE = '23514';
     END IF;
     IF NEW.number <> last.number + 1 OR NEW.at < last.at OR NOT EXISTS (
       SELECT FROM sluice.connection_transition WHERE from_state = last.state AND to_state = NEW.state
     ) THEN
       RAISE EXCEPTION 'no connection case goes from % to %', last.state, NEW.state USING ERRCODE = '23514';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER stepped BEFORE INSERT ON sluice.connection_case_step
   FOR EACH ROW EXECUTE FUNCTION sluice.connection_case_stepped()`,
  `CREATE FUNCTION sluice.connection_case_step_taken() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     IF NEW.number > 1 THEN
       UPDATE sluice.connection_case SET state = NEW.state, state_since = NEW.at, revision = revision + 1
        WHERE id = NEW.case_id;
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER taken AFTER INSERT ON sluice.connection_case_step
   FOR EACH ROW EXECUTE FUNCTION sluice.connection_case_step_taken()`,
  // The state is that of the last step, and an application stands while somebody decides on it.
  `CREATE FUNCTION sluice.connection_case_changed() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     IF (NEW.id, NEW.kind, NEW.member, NEW.domain, NEW.object_id, NEW.opened_at, NEW.opened_by)
        IS DISTINCT FROM
        (OLD.id, OLD.kind, OLD.member, OLD.domain, OLD.object_id, OLD.opened_at, OLD.opened_by)
        OR NEW.revision <> OLD.revision + 1 THEN
       RAISE EXCEPTION 'what a connection case is about stays' USING ERRCODE = '42501';
     END IF;
     IF NEW.application IS DISTINCT FROM OLD.application
        AND OLD.state NOT IN ('DRAFT', 'RETURNED_INCOMPLETE', 'CHANGES_REQUIRED', 'IMPROVING') THEN
       RAISE EXCEPTION 'an application stands in the state %', OLD.state USING ERRCODE = '42501';
     END IF;
     IF (NEW.state, NEW.state_since) IS DISTINCT FROM (OLD.state, OLD.state_since) AND NOT EXISTS (
       SELECT FROM (SELECT state, at FROM sluice.connection_case_step
                     WHERE case_id = NEW.id ORDER BY number DESC LIMIT 1) last
        WHERE last.state = NEW.state AND last.at = NEW.state_since
     ) THEN
       RAISE EXCEPTION 'a connection case moves by steps' USING ERRCODE = '42501';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER changed BEFORE UPDATE ON sluice.connection_case
   FOR EACH ROW EXECUTE FUNCTION sluice.connection_case_changed()`,
  `CREATE FUNCTION sluice.connection_check_changed() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     IF OLD.ended_at IS NOT NULL OR
        (NEW.id, NEW.case_id, NEW.application, NEW.requirement_set, NEW.requested_at, NEW.requested_by)
        IS DISTINCT FROM
        (OLD.id, OLD.case_id, OLD.application, OLD.requirement_set, OLD.requested_at, OLD.requested_by) THEN
       RAISE EXCEPTION 'what a check found stays' USING ERRCODE = '42501';
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER changed BEFORE UPDATE ON sluice.connection_check
   FOR EACH ROW EXECUTE FUNCTION sluice.connection_check_changed()`,
]

const grants = [
  'GRANT SELECT ON sluice.connection_transition TO sluice_admin',
  'GRANT SELECT, INSERT ON sluice.connection_case TO sluice_admin',
  'GRANT UPDATE (application, state, state_since, revision) ON sluice.connection_case TO sluice_admin',
  'GRANT SELECT, INSERT ON sluice.connection_case_step TO sluice_admin',
  'GRANT SELECT, INSERT ON sluice.connection_case_note TO sluice_admin',
  'GRANT SELECT, INSERT ON sluice.connection_check TO sluice_admin',
  `GRANT UPDATE (attempts, leased_by, leased_until, trouble, ended_at, protocol)
     ON sluice.connection_check TO sluice_admin`,
  'GRANT SELECT, INSERT ON sluice.connection_check_decision TO sluice_admin',
  'GRANT SELECT, INSERT, UPDATE ON sluice.connection_profile TO sluice_admin',
]
