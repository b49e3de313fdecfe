import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * The open catalogue's changes, made of the registry's history by whichever node is first, and who is told of which
 * . What a change says is public: nothing of an entry's other columns is here.
 */
export class Catalogue1764500800000 implements MigrationInterface {
  readonly name = 'Catalogue1764500800000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...changes, subscriptions, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE sluice.catalogue_subscription, sluice.catalogue_change, sluice.catalogue_feed',
    )
    await runner.query('DROP INDEX sluice.registry_history_order')
  }
}

// Revisions are written while the registry's one version row is locked: what was read up to one is read for good.
const changes = [
  'CREATE INDEX registry_history_order ON sluice.registry_history (revision, noun, id)',
  `CREATE TABLE sluice.catalogue_feed (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    -- The last state of the history that was looked at.
    revision bigint NOT NULL,
    noun text NOT NULL,
    id text NOT NULL
  )`,
  `INSERT INTO sluice.catalogue_feed (revision, noun, id) VALUES (-1, '', '')`,
  `CREATE TABLE sluice.catalogue_change (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('connected', 'changed', 'suspended', 'resumed', 'ended')),
    noun text NOT NULL CHECK (noun IN ('service', 'resource', 'member')),
    object text NOT NULL CHECK (object <> ''),
    member text NOT NULL CHECK (member <> ''),
    name_az text,
    name_en text,
    successor text
  )`,
  `CREATE TRIGGER keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON sluice.catalogue_change
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
]

const subscriptions = `
  CREATE TABLE sluice.catalogue_subscription (
    id uuid PRIMARY KEY,
    recipient_member text REFERENCES sluice.member,
    recipient_role text CHECK (recipient_role IN ('OPERATOR', 'AGENCY', 'SECURITY')),
    about text NOT NULL CHECK (about IN ('all', 'member', 'service', 'data-object')),
    -- A member, a service with or without its version, or a data object as it was named.
    object text CHECK (object <> ''),
    -- What it is compared by.
    key text NOT NULL,
    subscribed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    subscribed_by text NOT NULL CHECK (subscribed_by <> ''),
    ended_at timestamptz,
    CHECK ((recipient_member IS NULL) <> (recipient_role IS NULL)),
    CHECK ((about = 'all') = (object IS NULL))
  );
  CREATE UNIQUE INDEX catalogue_subscription_once ON sluice.catalogue_subscription
    (coalesce(recipient_member, recipient_role), about, key) WHERE ended_at IS NULL;
  CREATE INDEX catalogue_subscription_key ON sluice.catalogue_subscription (about, key) WHERE ended_at IS NULL;
  CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.catalogue_subscription
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`

const grants = [
  'GRANT SELECT, UPDATE (revision, noun, id) ON sluice.catalogue_feed TO sluice_admin',
  'GRANT SELECT, INSERT ON sluice.catalogue_change TO sluice_admin',
  'GRANT SELECT, INSERT, UPDATE (ended_at) ON sluice.catalogue_subscription TO sluice_admin',
]
