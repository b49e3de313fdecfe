import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Every authority's certificate, revocation list and certificate of the bus that was ever in use, with the
 * time since when. The registry keeps the newest list only, and an authority may get another certificate;
 * who proves years later that a signature was good on its day needs those of that day.
 *
 * Triggers keep it, so that no way into the registry can forget to.
 */
export class ValidationMaterial1764100300000 implements MigrationInterface {
  readonly name = 'ValidationMaterial1764100300000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [table, ...keepers, ...triggers, ...backfill, ...grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER kept ON sluice.authority')
    await runner.query('DROP TRIGGER kept ON sluice.revocation_list')
    await runner.query('DROP FUNCTION sluice.keep_authority()')
    await runner.query('DROP FUNCTION sluice.keep_revocation_list()')
    await runner.query('DROP TABLE sluice.validation_material')
    await runner.query('REVOKE SELECT ON sluice.certificate FROM sluice_auditor')
  }
}

// `policy` says of an authority how it was believed in: what it was is evidence too.
const table = `
  CREATE TABLE sluice.validation_material (
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    kind text NOT NULL CHECK (kind IN ('authority', 'revocation-list', 'bus')),
    policy text NOT NULL DEFAULT '' CHECK (policy ~ '^((anchor|intermediate) (crl|none))?$'),
    this_update timestamptz,
    next_update timestamptz,
    der bytea NOT NULL,
    first_seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (digest, kind, policy),
    CHECK ((kind = 'authority') = (policy <> '')),
    CHECK ((kind = 'revocation-list') = (this_update IS NOT NULL)),
    CHECK (digest = sha256(der))
  );
  CREATE INDEX ON sluice.validation_material (kind, this_update)`

const keeper = (name: string, columns: string, values: string): string => `
  CREATE FUNCTION sluice.${name}() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO sluice.validation_material (digest, kind, ${columns}, der)
    VALUES (sha256(NEW.der), ${values}, NEW.der)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION sluice.${name}() FROM PUBLIC`

const keepers = [
  keeper('keep_authority', 'policy', `'authority', NEW.role || ' ' || NEW.revocation`),
  keeper(
    'keep_revocation_list',
    'this_update, next_update',
    `'revocation-list', NEW.this_update, NEW.next_update`,
  ),
]

const triggers = [
  `CREATE TRIGGER kept AFTER INSERT OR UPDATE ON sluice.authority
   FOR EACH ROW EXECUTE FUNCTION sluice.keep_authority()`,
  `CREATE TRIGGER kept AFTER INSERT OR UPDATE ON sluice.revocation_list
   FOR EACH ROW EXECUTE FUNCTION sluice.keep_revocation_list()`,
]

/** What is in use already; since when, only the last change tells. */
const backfill = [
  `INSERT INTO sluice.validation_material (digest, kind, policy, der, first_seen)
   SELECT sha256(der), 'authority', role || ' ' || revocation, der, changed_at FROM sluice.authority
   ON CONFLICT DO NOTHING`,
  `INSERT INTO sluice.validation_material
     (digest, kind, this_update, next_update, der, first_seen)
   SELECT sha256(der), 'revocation-list', this_update, next_update, der, changed_at
     FROM sluice.revocation_list
   ON CONFLICT DO NOTHING`,
]

const grants = [
  // A node's jobs keep the certificates of the bus itself.
  'GRANT SELECT, INSERT ON sluice.validation_material TO sluice_jobs',
  'GRANT SELECT ON sluice.validation_material, sluice.certificate TO sluice_auditor',
]
