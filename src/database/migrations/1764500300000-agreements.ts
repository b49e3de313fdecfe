import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Frame agreements of participants, each with annexes of the objects that it is about; rules of use, version by version, and
 * who has acknowledged them.
 */
export class Agreements1764500300000 implements MigrationInterface {
  readonly name = 'Agreements1764500300000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [agreements, annexes, rules, acknowledgements, ...keepers, ...grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['rules_acknowledgement', 'rules_of_use', 'agreement_annex', 'agreement']) {
      await runner.query(`DROP TABLE sluice.${table}`)
    }
    await runner.query('DROP FUNCTION sluice.agreement_stays()')
  }
}

const agreements = `
  CREATE TABLE sluice.agreement (
    id uuid PRIMARY KEY,
    member text NOT NULL REFERENCES sluice.member,
    requirement_set integer NOT NULL CHECK (requirement_set > 0),
    renews uuid REFERENCES sluice.agreement,
    in_force_from timestamptz NOT NULL,
    in_force_until timestamptz NOT NULL CHECK (in_force_until > in_force_from),
    drafted_by text NOT NULL CHECK (drafted_by <> ''),
    drafted_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'drafted'
      CHECK (state IN ('drafted', 'concluded', 'withdrawn', 'ended')),
    member_account uuid,
    member_name text,
    member_at timestamptz,
    operator_account uuid,
    operator_name text,
    operator_at timestamptz,
    document uuid,
    document_number text,
    withdrawn_by text,
    ended_at timestamptz,
    revision integer NOT NULL DEFAULT 1,
    CHECK ((member_account IS NULL) = (member_at IS NULL)),
    CHECK ((operator_account IS NULL) = (operator_at IS NULL)),
    -- Two sides, and two people.
    CHECK (member_account IS DISTINCT FROM operator_account OR member_account IS NULL),
    CHECK (state NOT IN ('concluded', 'ended')
      OR (member_at IS NOT NULL AND operator_at IS NOT NULL AND document IS NOT NULL)),
    CHECK ((document IS NULL) = (document_number IS NULL)),
    CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
  );
  CREATE UNIQUE INDEX agreement_drafted ON sluice.agreement (member) WHERE state = 'drafted';
  CREATE UNIQUE INDEX agreement_renewal ON sluice.agreement (renews) WHERE state <> 'withdrawn';
  CREATE INDEX agreement_member ON sluice.agreement (member, id);
  CREATE INDEX agreement_until ON sluice.agreement (in_force_until) WHERE state = 'concluded'`

const annexes = `
  CREATE TABLE sluice.agreement_annex (
    id uuid PRIMARY KEY,
    agreement uuid NOT NULL REFERENCES sluice.agreement,
    connection_case uuid NOT NULL UNIQUE REFERENCES sluice.connection_case,
    kind text NOT NULL CHECK (kind IN ('system', 'resource', 'service')),
    -- An object that is connected anew has a further annex.
    object text NOT NULL CHECK (object <> ''),
    document uuid NOT NULL,
    document_number text NOT NULL,
    concluded_at timestamptz NOT NULL,
    registered_at timestamptz,
    connected_at timestamptz,
    CHECK (connected_at IS NULL OR registered_at IS NOT NULL)
  );
  CREATE INDEX agreement_annex_agreement ON sluice.agreement_annex (agreement, id);
  CREATE INDEX agreement_annex_object ON sluice.agreement_annex (object)`

const rules = `
  CREATE TABLE sluice.rules_of_use (
    version integer PRIMARY KEY CHECK (version > 0),
    title_az text NOT NULL CHECK (title_az <> ''),
    title_en text NOT NULL CHECK (title_en <> ''),
    text_az text NOT NULL CHECK (text_az <> ''),
    text_en text NOT NULL CHECK (text_en <> ''),
    in_force_from timestamptz NOT NULL,
    published_by text NOT NULL CHECK (published_by <> ''),
    published_at timestamptz NOT NULL
  )`

const acknowledgements = `
  CREATE TABLE sluice.rules_acknowledgement (
    version integer NOT NULL REFERENCES sluice.rules_of_use,
    member text NOT NULL REFERENCES sluice.member,
    account uuid NOT NULL,
    acknowledged_by text NOT NULL CHECK (acknowledged_by <> ''),
    acknowledged_at timestamptz NOT NULL,
    PRIMARY KEY (version, member)
  )`

const tables = ['agreement', 'agreement_annex', 'rules_of_use', 'rules_acknowledgement']

/** What was agreed stays; of an agreement and an annex only what becomes of it is added, once. */
const keepers = [
  ...tables.map(
    (table) => `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.${table}
    FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
  ),
  `CREATE FUNCTION sluice.agreement_stays() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RAISE EXCEPTION 'what was agreed stays' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER terms BEFORE UPDATE ON sluice.agreement FOR EACH ROW
   WHEN (OLD.state IN ('withdrawn', 'ended')
     OR (OLD.state = 'concluded' AND NEW.state <> 'ended')
     OR (OLD.member, OLD.requirement_set, OLD.renews, OLD.in_force_from, OLD.in_force_until)
       IS DISTINCT FROM
        (NEW.member, NEW.requirement_set, NEW.renews, NEW.in_force_from, NEW.in_force_until)
     OR (OLD.member_at IS NOT NULL AND (OLD.member_account, OLD.member_name, OLD.member_at)
       IS DISTINCT FROM (NEW.member_account, NEW.member_name, NEW.member_at))
     OR (OLD.operator_at IS NOT NULL AND (OLD.operator_account, OLD.operator_name, OLD.operator_at)
       IS DISTINCT FROM (NEW.operator_account, NEW.operator_name, NEW.operator_at)))
   EXECUTE FUNCTION sluice.agreement_stays()`,
  `CREATE TRIGGER steps BEFORE UPDATE ON sluice.agreement_annex FOR EACH ROW
   WHEN (OLD.connected_at IS NOT NULL
     OR (OLD.registered_at IS NOT NULL AND NEW.registered_at IS DISTINCT FROM OLD.registered_at))
   EXECUTE FUNCTION sluice.agreement_stays()`,
  `CREATE TRIGGER stays BEFORE UPDATE ON sluice.rules_of_use
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.agreement_stays()`,
  `CREATE TRIGGER stays BEFORE UPDATE ON sluice.rules_acknowledgement
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.agreement_stays()`,
]

const grants = [
  ...tables.map((table) => `GRANT SELECT, INSERT ON sluice.${table} TO sluice_admin`),
  `GRANT UPDATE (state, member_account, member_name, member_at, operator_account, operator_name,
     operator_at, document, document_number, withdrawn_by, ended_at, revision)
     ON sluice.agreement TO sluice_admin`,
  'GRANT UPDATE (registered_at, connected_at) ON sluice.agreement_annex TO sluice_admin',
]
