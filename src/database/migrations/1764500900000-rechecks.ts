import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Rechecks of what is connected, and the changes that its owners declare. */
export class Rechecks1764500900000 implements MigrationInterface {
  readonly name = 'Rechecks1764500900000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [rechecks, ...keepers, checks, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sluice.connection_check DROP COLUMN recheck')
    await runner.query('DROP TABLE sluice.recheck')
    await runner.query('DROP FUNCTION sluice.recheck_stays()')
  }
}

const rechecks = `
  CREATE TABLE sluice.recheck (
    id uuid PRIMARY KEY,
    connection_case uuid NOT NULL REFERENCES sluice.connection_case,
    kind text NOT NULL CHECK (kind IN ('system', 'resource', 'service')),
    object text NOT NULL CHECK (object <> ''),
    member text NOT NULL REFERENCES sluice.member,
    domain text NOT NULL,
    cause text NOT NULL CHECK (cause IN ('requirements', 'change', 'complaint')),
    scope text NOT NULL CHECK (scope IN ('full', 'probe')),
    requirement_set integer NOT NULL CHECK (requirement_set > 0),
    reason text CHECK (reason <> ''),
    change jsonb,
    application jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by jsonb NOT NULL CHECK (opened_by ->> 'actor' <> ''),
    until timestamptz,
    state text NOT NULL DEFAULT 'open'
      CHECK (state IN ('open', 'denied', 'suspended', 'confirmed', 'refused', 'withdrawn')),
    state_since timestamptz NOT NULL,
    warned_days integer,
    documents jsonb NOT NULL DEFAULT '[]',
    revision integer NOT NULL DEFAULT 1,
    CHECK ((cause = 'change') = (change IS NOT NULL)),
    CHECK ((cause = 'requirements') = (reason IS NULL)),
    -- Only what is asked of the whole object has a day after which it is suspended.
    CHECK ((scope = 'full') = (until IS NOT NULL)),
    CHECK (scope = 'full' OR cause = 'change'),
    CHECK (state NOT IN ('denied', 'suspended') OR scope = 'full'),
    CHECK (state NOT IN ('refused', 'withdrawn') OR scope = 'probe')
  );
  -- An object is rechecked once at a time.
  CREATE UNIQUE INDEX recheck_live ON sluice.recheck (object, scope)
    WHERE state IN ('open', 'denied', 'suspended');
  CREATE INDEX recheck_object ON sluice.recheck (object, id);
  CREATE INDEX recheck_member ON sluice.recheck (member, id);
  CREATE INDEX recheck_until ON sluice.recheck (until) WHERE state IN ('open', 'denied')`

const keepers = [
  `CREATE FUNCTION sluice.recheck_stays() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RAISE EXCEPTION 'what a recheck is about stays, and so does its end' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.recheck
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.recheck_stays()`,
  `CREATE TRIGGER stays BEFORE UPDATE ON sluice.recheck FOR EACH ROW
   WHEN (OLD.state IN ('confirmed', 'refused', 'withdrawn')
     OR (OLD.id, OLD.connection_case, OLD.kind, OLD.object, OLD.member, OLD.domain, OLD.cause, OLD.scope,
         OLD.requirement_set, OLD.reason, OLD.change, OLD.application, OLD.opened_at, OLD.opened_by, OLD.until)
       IS DISTINCT FROM
        (NEW.id, NEW.connection_case, NEW.kind, NEW.object, NEW.member, NEW.domain, NEW.cause, NEW.scope,
         NEW.requirement_set, NEW.reason, NEW.change, NEW.application, NEW.opened_at, NEW.opened_by, NEW.until))
   EXECUTE FUNCTION sluice.recheck_stays()`,
]

// The check of a recheck is one of the case by which the object was connected.
const checks = `
  ALTER TABLE sluice.connection_check ADD COLUMN recheck uuid REFERENCES sluice.recheck;
  CREATE INDEX connection_check_recheck ON sluice.connection_check (recheck, id) WHERE recheck IS NOT NULL`

const grants = [
  'GRANT SELECT, INSERT ON sluice.recheck TO sluice_admin',
  `GRANT UPDATE (state, state_since, warned_days, documents, revision) ON sluice.recheck TO sluice_admin`,
]
