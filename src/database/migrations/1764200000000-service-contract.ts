import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Contracts by the digest of their files, and which one a service version is held to, how strictly. A contract
 * never changes and never goes: entries of the message log name it for as long as they are kept.
 */
export class ServiceContract1764200000000 implements MigrationInterface {
  readonly name = 'ServiceContract1764200000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [table, keeps, columns]) await runner.query(statement)
    await runner.query('GRANT SELECT ON sluice.service_contract TO sluice_bus')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sluice.service
        DROP COLUMN contract_digest, DROP COLUMN validate_request, DROP COLUMN validate_reply`)
    await runner.query('DROP TABLE sluice.service_contract')
    await runner.query('DROP FUNCTION sluice.contract_stays()')
  }
}

// `files` is packed (src/contract/pack-files.ts); the digest is of what is in it.
const table = `
  CREATE TABLE sluice.service_contract (
    digest text PRIMARY KEY CHECK (digest ~ '^[A-Za-z0-9_-]{43}$'),
    files bytea NOT NULL CHECK (octet_length(files) BETWEEN 1 AND 4194304),
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`

const keeps = `
  CREATE FUNCTION sluice.contract_stays() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'a contract stays as it was registered: register another one';
  END $$;

  CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON sluice.service_contract
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.contract_stays()`

const level = "text CHECK (%s IN ('off', 'report', 'block'))"
const columns = `
  ALTER TABLE sluice.service
    ADD COLUMN contract_digest text REFERENCES sluice.service_contract,
    ADD COLUMN validate_request ${level.replace('%s', 'validate_request')},
    ADD COLUMN validate_reply ${level.replace('%s', 'validate_reply')},
    ADD CHECK ((contract_digest IS NULL) = (validate_request IS NULL)),
    ADD CHECK ((contract_digest IS NULL) = (validate_reply IS NULL))`
