import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * OCSP (RFC 6960): authorities whose certificates are checked by a responder's answers, the newest answer about each
 * certificate, and every answer that was ever in use, as evidence.
 */
export class Ocsp1764400800000 implements MigrationInterface {
  readonly name = 'Ocsp1764400800000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [authorities, answers, ...followed, evidence, keeper, ...grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.ocsp_answer')
    await runner.query('DROP FUNCTION sluice.keep_ocsp_answer()')
    await runner.query(`DELETE FROM sluice.validation_material WHERE kind = 'ocsp-answer'
      OR policy LIKE '% ocsp'`)
    await runner.query(`
      ALTER TABLE sluice.validation_material
        DROP COLUMN certificate,
        DROP CONSTRAINT validation_material_kind_check,
        ADD CONSTRAINT validation_material_kind_check
          CHECK (kind IN ('authority', 'revocation-list', 'bus')),
        DROP CONSTRAINT validation_material_policy_check,
        ADD CONSTRAINT validation_material_policy_check
          CHECK (policy ~ '^((anchor|intermediate) (crl|none))?$'),
        DROP CONSTRAINT validation_material_check1,
        ADD CONSTRAINT validation_material_check1
          CHECK ((kind = 'revocation-list') = (this_update IS NOT NULL))`)
    // An authority without any source of revocations fails closed where it asks for lists.
    await runner.query(`
      UPDATE sluice.authority SET revocation = 'crl', crl = '/none', ocsp = NULL,
        unreachable = 'refuse' WHERE revocation = 'ocsp'`)
    await runner.query(`
      ALTER TABLE sluice.authority
        DROP COLUMN ocsp, DROP COLUMN unreachable,
        DROP CONSTRAINT authority_revocation_check,
        ADD CONSTRAINT authority_revocation_check CHECK (revocation IN ('crl', 'none'))`)
  }
}

const thumbprint = "~ '^[A-Za-z0-9_-]{43}$'"

// What is not said of an authority by a build that does not know OCSP fails closed.
const authorities = `
  ALTER TABLE sluice.authority
    ADD COLUMN ocsp text,
    ADD COLUMN unreachable text NOT NULL DEFAULT 'refuse'
      CHECK (unreachable IN ('refuse', 'accept')),
    DROP CONSTRAINT authority_revocation_check,
    ADD CONSTRAINT authority_revocation_check CHECK (revocation IN ('crl', 'ocsp', 'none')),
    ADD CHECK ((revocation = 'ocsp') = (ocsp IS NOT NULL)),
    ADD CHECK (unreachable = 'refuse' OR revocation = 'ocsp')`

// No references: an authority that is given a new certificate keeps no answers of the old one.
const answers = `
  CREATE TABLE sluice.ocsp_answer (
    certificate text PRIMARY KEY CHECK (certificate ${thumbprint}),
    authority text NOT NULL CHECK (authority ${thumbprint}),
    status text NOT NULL CHECK (status IN ('good', 'revoked', 'unknown')),
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    produced_at timestamptz NOT NULL,
    der bytea NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revision bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK (this_update < next_update)
  )`

/** As the registry's other tables: a statement is a new generation, and every process loads what it wrote. */
const followed = [
  'CREATE INDEX ON sluice.ocsp_answer (revision)',
  `CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON sluice.ocsp_answer
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_changed()`,
  `CREATE TRIGGER revised BEFORE INSERT OR UPDATE ON sluice.ocsp_answer
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_revised()`,
  `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.ocsp_answer
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
]

// Found by certificate: a nation has tens of thousands, each with answers for every day.
const evidence = `
  ALTER TABLE sluice.validation_material
    ADD COLUMN certificate text,
    DROP CONSTRAINT validation_material_kind_check,
    ADD CONSTRAINT validation_material_kind_check
      CHECK (kind IN ('authority', 'revocation-list', 'ocsp-answer', 'bus')),
    DROP CONSTRAINT validation_material_policy_check,
    ADD CONSTRAINT validation_material_policy_check
      CHECK (policy ~ '^((anchor|intermediate) (crl|ocsp|none))?$'),
    DROP CONSTRAINT validation_material_check1,
    ADD CONSTRAINT validation_material_check1
      CHECK ((kind IN ('revocation-list', 'ocsp-answer')) = (this_update IS NOT NULL)),
    ADD CHECK ((kind = 'ocsp-answer') = (certificate IS NOT NULL));
  CREATE INDEX ON sluice.validation_material (certificate, this_update)
    WHERE certificate IS NOT NULL`

const keeper = `
  CREATE FUNCTION sluice.keep_ocsp_answer() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO sluice.validation_material
      (digest, kind, certificate, this_update, next_update, der)
    VALUES (sha256(NEW.der), 'ocsp-answer', NEW.certificate, NEW.this_update, NEW.next_update,
      NEW.der)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION sluice.keep_ocsp_answer() FROM PUBLIC;
  CREATE TRIGGER kept AFTER INSERT OR UPDATE ON sluice.ocsp_answer
  FOR EACH ROW EXECUTE FUNCTION sluice.keep_ocsp_answer()`

const grants = [
  'GRANT SELECT ON sluice.ocsp_answer TO sluice_bus, sluice_admin',
  'GRANT SELECT, INSERT, UPDATE ON sluice.ocsp_answer TO sluice_jobs',
]
