import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What the connection desk puts into writing, numbered without gaps, and never changed. */
export class Documents1764500000000 implements MigrationInterface {
  readonly name = 'Documents1764500000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...rules, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.document, sluice.document_count')
    await runner.query('DROP FUNCTION sluice.document_stays(), sluice.document_counted()')
  }
}

const tables = [
  `CREATE TABLE sluice.document_count (
    kind text NOT NULL,
    year integer NOT NULL,
    last integer NOT NULL CHECK (last > 0),
    PRIMARY KEY (kind, year)
  )`,
  // The case has no table before the next migrations, and a document outlives whatever becomes of its case.
  `CREATE TABLE sluice.document (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    year integer NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal > 0),
    number text NOT NULL UNIQUE CHECK (number <> ''),
    made_at timestamptz NOT NULL,
    member text NOT NULL REFERENCES sluice.member,
    domain text REFERENCES sluice.domain,
    case_id uuid,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    data bytea NOT NULL CHECK (sha256(data) = digest),
    data_signature bytea NOT NULL,
    pdf bytea NOT NULL,
    UNIQUE (kind, year, ordinal)
  )`,
  'CREATE INDEX document_member ON sluice.document (member, id)',
  'CREATE INDEX document_domain ON sluice.document (domain, id)',
  'CREATE INDEX document_case ON sluice.document (case_id, id) WHERE case_id IS NOT NULL',
  // PDF is compressed already.
  'ALTER TABLE sluice.document ALTER COLUMN pdf SET STORAGE EXTERNAL',
]

const rules = [
  `CREATE FUNCTION sluice.document_stays() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RAISE EXCEPTION 'a document stays as it was made' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON sluice.document
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.document_stays()`,
  `CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON sluice.document_count
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.document_stays()`,
  `CREATE FUNCTION sluice.document_counted() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     IF TG_OP = 'INSERT' AND NEW.last = 1 THEN RETURN NEW; END IF;
     IF TG_OP = 'UPDATE' AND NEW.last = OLD.last + 1 AND (NEW.kind, NEW.year) = (OLD.kind, OLD.year) THEN
       RETURN NEW;
     END IF;
     RAISE EXCEPTION 'documents are counted one by one' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER counted BEFORE INSERT OR UPDATE ON sluice.document_count
   FOR EACH ROW EXECUTE FUNCTION sluice.document_counted()`,
]

const grants = [
  'GRANT SELECT, INSERT ON sluice.document, sluice.document_count TO sluice_admin',
  'GRANT UPDATE (last) ON sluice.document_count TO sluice_admin',
]
