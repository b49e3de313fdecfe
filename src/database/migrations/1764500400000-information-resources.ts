import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Information resources, and systems with personal data: entries of the registry as members and systems are, with
 * history and for good (R-030, R-037). No worker reads them. What has to be connected, and what agencies say of their
 * services, are lists beside it (R-039, R-041).
 */
export class InformationResources1764500400000 implements MigrationInterface {
  readonly name = 'InformationResources1764500400000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...entryTables.flatMap(kept), ...lists, ...grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...listTables.toReversed(), ...entryTables]) {
      await runner.query(`DROP TABLE sluice.${table}`)
    }
  }
}

const entryTables = ['information_resource', 'personal_data_system']

const segment = '[^/%:;\\\\[:cntrl:]]{1,100}'
const revision = `
    revision bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()`
const isList = (column: string): string => `CHECK (jsonb_typeof(${column}) = 'array')`

const tables = [
  `CREATE TABLE sluice.information_resource (
    id text PRIMARY KEY,
    -- In the name, which stays; the owner may be another.
    member text NOT NULL REFERENCES sluice.member,
    owner text NOT NULL REFERENCES sluice.member,
    kind text NOT NULL CHECK (kind IN ('database', 'search-system', 'register', 'other')),
    name_az text NOT NULL CHECK (name_az <> ''),
    name_en text NOT NULL CHECK (name_en <> ''),
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    identifiers jsonb NOT NULL ${isList('identifiers')},
    data_objects jsonb NOT NULL ${isList('data_objects')},
    source_keys text[] NOT NULL,
    search_text text NOT NULL,
    hosting jsonb NOT NULL,
    contact jsonb NOT NULL,
    state boolean NOT NULL,
    register_number text CHECK (register_number <> ''),
    offered_by jsonb NOT NULL ${isList('offered_by')},
    read_by jsonb NOT NULL ${isList('read_by')},
    status text NOT NULL CHECK (status IN ('active', 'suspended', 'liquidated')),
    successor text REFERENCES sluice.information_resource (id) DEFERRABLE INITIALLY DEFERRED
      CHECK (successor <> id),
    important boolean NOT NULL,
    archive_place text CHECK (archive_place <> ''),
    ${revision},
    CHECK (starts_with(id, member || '/')),
    CHECK (substr(id, length(member) + 2) ~ '^${segment}$'),
    CHECK (NOT important OR status <> 'liquidated' OR successor IS NOT NULL OR archive_place IS NOT NULL)
  )`,
  'CREATE INDEX ON sluice.information_resource USING gin (source_keys)',
  'CREATE INDEX ON sluice.information_resource USING gin (offered_by)',
  'CREATE INDEX ON sluice.information_resource USING gin (read_by)',
  'CREATE INDEX ON sluice.information_resource (owner)',
  `CREATE TABLE sluice.personal_data_system (
    -- A subsystem or a resource.
    id text PRIMARY KEY CHECK (id <> ''),
    purpose text NOT NULL CHECK (purpose <> ''),
    categories jsonb NOT NULL ${isList('categories')} CHECK (categories <> '[]'),
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    no_pin_reason text CHECK (no_pin_reason <> ''),
    register_number text CHECK (register_number <> ''),
    status text NOT NULL CHECK (status IN ('active', 'ended')),
    ${revision}
  )`,
]

/** As all entries of the registry: a change is a generation, a revision and a state of the history. */
const kept = (table: string): string[] => [
  `CREATE INDEX ON sluice.${table} (revision)`,
  `CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_changed()`,
  `CREATE TRIGGER revised BEFORE INSERT OR UPDATE ON sluice.${table}
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_revised()`,
  `CREATE TRIGGER remembered AFTER INSERT OR UPDATE ON sluice.${table}
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_remembered('id')`,
  `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
]

const listTables = ['connection_list', 'connection_duty', 'service_place', 'agency_figures']

const lists = [
  `CREATE TABLE sluice.connection_list (
    id uuid PRIMARY KEY,
    title_az text NOT NULL CHECK (title_az <> ''),
    title_en text NOT NULL CHECK (title_en <> ''),
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    domain text NOT NULL REFERENCES sluice.domain,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL CHECK (made_by <> '')
  )`,
  `CREATE TABLE sluice.connection_duty (
    list uuid NOT NULL REFERENCES sluice.connection_list,
    position integer NOT NULL CHECK (position > 0),
    owner text NOT NULL CHECK (owner <> ''),
    system text NOT NULL CHECK (system <> ''),
    -- The system that it is to be; without it any of the owner's in the list's domain will do.
    object text CHECK (object <> ''),
    due date NOT NULL,
    duty text NOT NULL CHECK (duty IN ('mandatory', 'recommended')),
    way text NOT NULL CHECK (way IN ('own', 'joined')),
    PRIMARY KEY (list, position)
  )`,
  `CREATE TABLE sluice.service_place (
    service text PRIMARY KEY CHECK (service <> ''),
    -- Of the Cabinet's list of services, where the service is in it.
    approved_by text CHECK (approved_by <> ''),
    places text[] NOT NULL CHECK (places <@ ARRAY['portal', 'own-site']),
    interaction text NOT NULL CHECK (interaction IN ('informative', 'interactive')),
    revision integer NOT NULL DEFAULT 1
  )`,
  `CREATE TABLE sluice.agency_figures (
    id uuid PRIMARY KEY,
    title text NOT NULL CHECK (title <> ''),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by text NOT NULL CHECK (made_by <> ''),
    lines jsonb NOT NULL ${isList('lines')},
    printed jsonb
  )`,
  ...listTables.map(
    (table) => `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.${table}
     FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
  ),
]

const grants = [
  // Whoever runs a node writes out the registry, of which these are a part; followers do not read them.
  `GRANT SELECT ON ${entryTables.map((table) => `sluice.${table}`).join(', ')} TO sluice_bus`,
  `GRANT SELECT, INSERT, UPDATE ON ${entryTables.map((table) => `sluice.${table}`).join(', ')},
     sluice.service_place TO sluice_admin`,
  `GRANT SELECT, INSERT ON sluice.connection_list, sluice.connection_duty, sluice.agency_figures
     TO sluice_admin`,
]
