import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Members, subsystems, services, certificates, authorities, access rights, revocation lists. */
export class Registry1764000100000 implements MigrationInterface {
  readonly name = 'Registry1764000100000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [version, ...tables, functions]) await runner.query(statement)
    for (const table of entryTables) {
      for (const statement of followed(table)) await runner.query(statement)
    }
    await runner.query('GRANT SELECT ON sluice.registry_version TO sluice_bus')
    await runner.query('GRANT INSERT, UPDATE ON sluice.revocation_list TO sluice_bus')
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...entryTables.toReversed(), 'registry_version']) {
      await runner.query(`DROP TABLE sluice.${table}`)
    }
    await runner.query('DROP FUNCTION sluice.registry_changed()')
    await runner.query('DROP FUNCTION sluice.registry_revised()')
    await runner.query('DROP FUNCTION sluice.registry_keeps()')
  }
}

/** In the order of their references. */
const entryTables = [
  'domain',
  'authority',
  'member',
  'subsystem',
  'service',
  'certificate',
  'access_right',
  'revocation_list',
]

const version = `
  CREATE TABLE sluice.registry_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    generation bigint NOT NULL,
    instance text CHECK (instance <> '' AND instance !~ '/'),
    changed_at timestamptz NOT NULL DEFAULT now()
  );
  INSERT INTO sluice.registry_version (generation) VALUES (0)`

const segment = '[^/%:;\\\\[:cntrl:]]{1,100}'
const memberPattern = `^${segment}/(GOV|MUN|COM|PUB)/${segment}$`
const versionPattern = '^v[1-9][0-9]{0,3}$'
const thumbprintPattern = '^[A-Za-z0-9_-]{43}$'
const modesCheck = "CHECK (modes <@ ARRAY['user','body'] AND cardinality(modes) BETWEEN 1 AND 2)"
/** Set by triggers, whoever writes. */
const revision = `
    revision bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()`
const nameColumns = (nullable: boolean): string =>
  nullable
    ? 'name_az text, name_en text, CHECK ((name_az IS NULL) = (name_en IS NULL))'
    : "name_az text NOT NULL CHECK (name_az <> ''), name_en text NOT NULL CHECK (name_en <> '')"

/** A successor may come in the same statement, or later in the same transaction. */
const successor = (table: string): string =>
  `successor text REFERENCES sluice.${table} (id) DEFERRABLE INITIALLY DEFERRED
     CHECK (successor <> id)`

const parties = [
  `CREATE TABLE sluice.domain (
    code text PRIMARY KEY CHECK (code ~ '^${segment}$'),
    ${nameColumns(true)},
    status text NOT NULL CHECK (status IN ('active', 'suspended')),
    ${revision}
  )`,
  `CREATE TABLE sluice.authority (
    name text PRIMARY KEY CHECK (name <> ''),
    thumbprint text NOT NULL CHECK (thumbprint ~ '${thumbprintPattern}'),
    der bytea NOT NULL,
    role text NOT NULL CHECK (role IN ('anchor', 'intermediate')),
    revocation text NOT NULL CHECK (revocation IN ('crl', 'none')),
    crl text,
    status text NOT NULL CHECK (status IN ('accepted', 'removed')),
    ${revision},
    CHECK ((revocation = 'crl') = (crl IS NOT NULL)),
    -- Two authorities may change places within one transaction.
    UNIQUE (thumbprint) DEFERRABLE INITIALLY DEFERRED
  )`,
  `CREATE TABLE sluice.member (
    id text PRIMARY KEY CHECK (id ~ '${memberPattern}'),
    ${nameColumns(false)},
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'liquidated')),
    ${successor('member')},
    ${revision}
  )`,
  `CREATE TABLE sluice.subsystem (
    id text PRIMARY KEY,
    member text NOT NULL REFERENCES sluice.member,
    domain text NOT NULL REFERENCES sluice.domain,
    ${nameColumns(false)},
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'liquidated')),
    ${successor('subsystem')},
    ${revision},
    CHECK (starts_with(id, member || '/')),
    CHECK (substr(id, length(member) + 2) ~ '^${segment}$')
  )`,
]

const services = `
  CREATE TABLE sluice.service (
    id text PRIMARY KEY,
    subsystem text NOT NULL REFERENCES sluice.subsystem,
    code text NOT NULL CHECK (code ~ '^${segment}$'),
    version text NOT NULL CHECK (version ~ '${versionPattern}'),
    ${nameColumns(true)},
    is_default boolean NOT NULL,
    protocol text NOT NULL CHECK (protocol ~ '^[a-z][a-z0-9-]{0,31}$'),
    address text NOT NULL CHECK (address <> ''),
    modes text[] NOT NULL ${modesCheck},
    idempotent boolean NOT NULL,
    provider_signature text NOT NULL CHECK (provider_signature IN ('none', 'required')),
    -- Nothing above is registered at all (R-018).
    classification text NOT NULL CHECK (classification IN ('open', 'forServiceUse')),
    time_limit_ms integer NOT NULL CHECK (time_limit_ms > 0),
    request_bytes_max integer NOT NULL CHECK (request_bytes_max > 0),
    reply_bytes_max integer NOT NULL CHECK (reply_bytes_max > 0),
    concurrent_max integer NOT NULL CHECK (concurrent_max > 0),
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'liquidated', 'maintenance')),
    maintenance_from timestamptz,
    maintenance_until timestamptz,
    ${successor('service')},
    deprecated_from timestamptz,
    ${revision},
    CHECK (id = subsystem || '/' || code || '/' || version),
    CHECK (status <> 'maintenance' OR maintenance_until IS NOT NULL),
    CHECK (maintenance_from < maintenance_until),
    -- At most one default version; checked at commit, so that it can pass from one to another.
    EXCLUDE (subsystem WITH =, code WITH =) WHERE (is_default) DEFERRABLE INITIALLY DEFERRED
  )`

const certificates = `
  CREATE TABLE sluice.certificate (
    thumbprint text PRIMARY KEY CHECK (thumbprint ~ '${thumbprintPattern}'),
    der bytea NOT NULL,
    subsystem text NOT NULL REFERENCES sluice.subsystem,
    status text NOT NULL CHECK (status IN ('active', 'revoked')),
    ${revision}
  )`

const accessRights = `
  CREATE TABLE sluice.access_right (
    id text PRIMARY KEY CHECK (id ~ '^${segment}$'),
    consumer text NOT NULL REFERENCES sluice.subsystem,
    provider text NOT NULL REFERENCES sluice.subsystem,
    -- A service version, or a service code for all its versions.
    service text NOT NULL,
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    purpose text NOT NULL CHECK (purpose <> ''),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    modes text[] NOT NULL ${modesCheck},
    status text NOT NULL CHECK (status IN ('active', 'withdrawn')),
    ${revision},
    CHECK (starts_with(service, provider || '/')),
    CHECK (valid_from < valid_until)
  )`

// No reference to the authority: one that is given a new certificate keeps no list of the old one.
const revocationLists = `
  CREATE TABLE sluice.revocation_list (
    authority text PRIMARY KEY CHECK (authority ~ '${thumbprintPattern}'),
    issuer_key text NOT NULL,
    number numeric NOT NULL CHECK (number >= 0),
    this_update timestamptz NOT NULL,
    next_update timestamptz,
    digest text NOT NULL CHECK (digest ~ '${thumbprintPattern}'),
    der bytea NOT NULL,
    ${revision}
  )`

const tables = [...parties, services, certificates, accessRights, revocationLists]

/**
 * Every statement raises the generation before it touches a row, and tells it to all followers at
 * commit, whoever made it. The lock on the one version row is held until then, so that generations
 * grow in the order of commits; and since a row's revision is the generation it was written in, and
 * no row is ever deleted, the rows above a follower's generation are all that has changed for it.
 */
const functions = `
  CREATE FUNCTION sluice.registry_changed() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    current bigint;
  BEGIN
    UPDATE sluice.registry_version SET generation = generation + 1, changed_at = now()
    RETURNING generation INTO STRICT current;
    PERFORM pg_notify('sluice_registry', current::text);
    RETURN NULL;
  END $$;

  CREATE FUNCTION sluice.registry_revised() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    NEW.revision := (SELECT generation FROM sluice.registry_version);
    NEW.changed_at := now();
    RETURN NEW;
  END $$;

  CREATE FUNCTION sluice.registry_keeps() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'the registry keeps its entries: set the status of % instead', TG_TABLE_NAME;
  END $$`

const followed = (table: string): string[] => [
  `CREATE INDEX ON sluice.${table} (revision)`,
  `CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_changed()`,
  `CREATE TRIGGER revised BEFORE INSERT OR UPDATE ON sluice.${table}
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_revised()`,
  `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
  `GRANT SELECT ON sluice.${table} TO sluice_bus`,
]
