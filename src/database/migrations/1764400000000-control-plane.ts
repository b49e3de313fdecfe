import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What the control plane adds to the registry: who owns a system, from where and by what it may come, whose data a
 * service gives and to whom, how much of it; certificates on hold; and what every entry was at any time.
 */
export class ControlPlane1764400000000 implements MigrationInterface {
  readonly name = 'ControlPlane1764400000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [members, subsystems, services, accessRights, held, history]) {
      await runner.query(statement)
    }
    for (const { table, key } of entries) {
      for (const statement of remembered(table, key)) await runner.query(statement)
    }
    for (const statement of grants) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL ON ALL TABLES IN SCHEMA sluice FROM sluice_admin')
    await runner.query('REVOKE ALL ON SCHEMA sluice FROM sluice_admin')
    for (const { table } of entries) {
      await runner.query(`DROP TRIGGER remembered ON sluice.${table}`)
    }
    await runner.query('DROP FUNCTION sluice.registry_remembered()')
    await runner.query('DROP TABLE sluice.registry_history')
    await runner.query(`
      ALTER TABLE sluice.certificate DROP CONSTRAINT certificate_status_check,
        ADD CONSTRAINT certificate_status_check CHECK (status IN ('active', 'revoked'))`)
    await runner.query(`
      ALTER TABLE sluice.access_right DROP COLUMN omit, DROP COLUMN daily_quota`)
    await runner.query(`
      ALTER TABLE sluice.service DROP COLUMN subjects, DROP COLUMN assurance,
        DROP COLUMN rate_per_second, DROP COLUMN rate_burst`)
    await runner.query(`
      ALTER TABLE sluice.subsystem DROP COLUMN owner, DROP COLUMN important,
        DROP COLUMN archive_place, DROP COLUMN zones, DROP COLUMN client_certificate,
        DROP COLUMN asserts_users`)
    await runner.query('ALTER TABLE sluice.member DROP COLUMN alias_until')
  }
}

const members = 'ALTER TABLE sluice.member ADD COLUMN alias_until timestamptz'

// Columns have defaults that serve builds that do not know them yet; an owner that is not said is the member in the id.
const subsystems = `
  ALTER TABLE sluice.subsystem
    ADD COLUMN owner text REFERENCES sluice.member (id),
    ADD COLUMN important boolean NOT NULL DEFAULT false,
    ADD COLUMN archive_place text CHECK (archive_place <> ''),
    ADD COLUMN zones jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(zones) = 'array'),
    ADD COLUMN client_certificate boolean NOT NULL DEFAULT false,
    ADD COLUMN asserts_users boolean NOT NULL DEFAULT false`

const services = `
  ALTER TABLE sluice.service
    ADD COLUMN subjects jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(subjects) = 'array'),
    ADD COLUMN assurance text CHECK (assurance IN ('code-password', 'e-signature')),
    ADD COLUMN rate_per_second integer CHECK (rate_per_second > 0),
    ADD COLUMN rate_burst integer CHECK (rate_burst > 0),
    ADD CHECK ((rate_per_second IS NULL) = (rate_burst IS NULL))`

const accessRights = `
  ALTER TABLE sluice.access_right
    ADD COLUMN omit jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(omit) = 'array'),
    ADD COLUMN daily_quota integer CHECK (daily_quota > 0)`

const held = `
  ALTER TABLE sluice.certificate DROP CONSTRAINT certificate_status_check,
    ADD CONSTRAINT certificate_status_check CHECK (status IN ('active', 'held', 'revoked'))`

/** The tables of the registry's entries, with their keys. */
const entries = [
  { table: 'domain', key: 'code' },
  { table: 'authority', key: 'name' },
  { table: 'member', key: 'id' },
  { table: 'subsystem', key: 'id' },
  { table: 'service', key: 'id' },
  { table: 'certificate', key: 'thumbprint' },
  { table: 'access_right', key: 'id' },
]

// Certificates never change: their bytes stand in their own table. A revision is written while the registry's one
// version row is locked, so that moments grow with revisions.
const history = `
  CREATE TABLE sluice.registry_history (
    noun text NOT NULL,
    id text NOT NULL,
    revision bigint NOT NULL,
    written_at timestamptz NOT NULL,
    entry jsonb NOT NULL,
    PRIMARY KEY (noun, id, revision)
  );
  CREATE INDEX ON sluice.registry_history (written_at);

  CREATE FUNCTION sluice.registry_remembered() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    entry jsonb := to_jsonb(NEW) - 'der';
  BEGIN
    INSERT INTO sluice.registry_history (noun, id, revision, written_at, entry)
    VALUES (TG_TABLE_NAME, entry ->> TG_ARGV[0], NEW.revision, clock_timestamp(), entry)
    ON CONFLICT (noun, id, revision) DO UPDATE SET entry = EXCLUDED.entry;
    RETURN NULL;
  END $$;

  CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.registry_history
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`

/** What is there already is remembered from its last change on. */
const remembered = (table: string, key: string): string[] => [
  `INSERT INTO sluice.registry_history (noun, id, revision, written_at, entry)
   SELECT '${table}', ${key}, revision, changed_at, to_jsonb(e) - 'der' FROM sluice.${table} e`,
  `CREATE TRIGGER remembered AFTER INSERT OR UPDATE ON sluice.${table}
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_remembered('${key}')`,
]

const registry = [
  ...entries.map(({ table }) => `sluice.${table}`),
  ...['sluice.revocation_list', 'sluice.service_contract'],
].join(', ')

/** Who serves the admin API changes the registry, and answers for it in the audit log; of exchanges it sees nothing. */
const grants = [
  'GRANT USAGE ON SCHEMA sluice TO sluice_admin',
  `GRANT SELECT ON ${registry}, sluice.registry_version, sluice.registry_history TO sluice_admin`,
  `GRANT INSERT, UPDATE ON ${entries.map(({ table }) => `sluice.${table}`).join(', ')} TO sluice_admin`,
  'GRANT UPDATE (instance) ON sluice.registry_version TO sluice_admin',
  'GRANT INSERT ON sluice.service_contract TO sluice_admin',
  'GRANT SELECT, INSERT ON sluice.audit_log_entry TO sluice_admin',
]
