import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What was a member's is another's once it has merged into that: its open cases, agreements, rechecks, filings and subscriptions,
 * and nothing that has ended. Cases are put away, beside the table of states, and what no opinion rests on is put right before the registration.
 */
export class CaseSuccession1764600000000 implements MigrationInterface {
  readonly name = 'CaseSuccession1764600000000'

  async up(runner: QueryRunner): Promise<void> {
    const parts = [...functions, ...cases, ...notes, ...agreements, ...others, ...grants]
    for (const statement of parts) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of undoing) await runner.query(statement)
  }
}

const trigger = (name: string, head: string, body: string): string =>
  `CREATE OR REPLACE FUNCTION sluice.${name}() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   ${head}
   BEGIN
     ${body}
     RETURN NEW;
   END $$`

const functions = [
  // A liquidation may name a successor as well; only a merger leaves the old names good for a time.
  `CREATE FUNCTION sluice.has_merged(former text, now_in text) RETURNS boolean
   LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
     SELECT EXISTS (SELECT FROM sluice.member
       WHERE id = former AND status = 'liquidated' AND successor = now_in AND alias_until IS NOT NULL)
   $$`,
  // Members, and all that have merged into them.
  `CREATE FUNCTION sluice.with_merged(members text[]) RETURNS SETOF text
   LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
     WITH RECURSIVE own(id) AS (
       SELECT unnest(members)
       UNION
       SELECT m.id FROM sluice.member m JOIN own ON m.successor = own.id
        WHERE m.status = 'liquidated' AND m.alias_until IS NOT NULL)
     SELECT id FROM own
   $$`,
  // An application less what may be put right after the opinion.
  `CREATE FUNCTION sluice.opined_part(application jsonb) RETURNS jsonb
   LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
     SELECT (application - 'certificateRequest') || CASE
       WHEN jsonb_typeof(application #> '{declaration,dataObjects}') = 'array' THEN jsonb_build_object(
         'declaration', (application -> 'declaration') || jsonb_build_object('dataObjects', (
           SELECT coalesce(jsonb_agg(CASE jsonb_typeof(object) WHEN 'object' THEN object - 'duplicateReason'
                                     ELSE object END ORDER BY place), '[]')
             FROM jsonb_array_elements(application #> '{declaration,dataObjects}') WITH ORDINALITY AS o(object, place))))
       ELSE '{}' END
   $$`,
  trigger(
    'owner_succeeded',
    'DECLARE former text := to_jsonb(OLD) ->> TG_ARGV[0]; present text := to_jsonb(NEW) ->> TG_ARGV[0];',
    `IF NOT sluice.has_merged(former, present) THEN
       RAISE EXCEPTION '% has not merged into %', former, present USING ERRCODE = '42501';
     END IF;`,
  ),
]

const whatItIsAbout = (member: string): string => `
     IF (NEW.id, NEW.kind, ${member}NEW.domain, NEW.object_id, NEW.opened_at, NEW.opened_by)
        IS DISTINCT FROM
        (OLD.id, OLD.kind, ${member.replace('NEW', 'OLD')}OLD.domain, OLD.object_id, OLD.opened_at, OLD.opened_by)
        OR NEW.revision <> OLD.revision + 1 THEN
       RAISE EXCEPTION 'what a connection case is about stays' USING ERRCODE = '42501';
     END IF;`

const applicationStands = `
       RAISE EXCEPTION 'an application stands in the state %', OLD.state USING ERRCODE = '42501';
     END IF;`

const movesBySteps = `
     IF (NEW.state, NEW.state_since) IS DISTINCT FROM (OLD.state, OLD.state_since) AND NOT EXISTS (
       SELECT FROM (SELECT state, at FROM sluice.connection_case_step
                     WHERE case_id = NEW.id ORDER BY number DESC LIMIT 1) last
        WHERE last.state = NEW.state AND last.at = NEW.state_since
     ) THEN
       RAISE EXCEPTION 'a connection case moves by steps' USING ERRCODE = '42501';
     END IF;`

const changeable = `'DRAFT', 'RETURNED_INCOMPLETE', 'CHANGES_REQUIRED', 'IMPROVING'`
const ended = `'REFUSED', 'CONNECTED', 'WITHDRAWN'`

const changed = trigger(
  'connection_case_changed',
  '',
  `IF OLD.archived_at IS NOT NULL THEN
       RAISE EXCEPTION 'an archived connection case stays' USING ERRCODE = '42501';
     END IF;${whatItIsAbout('')}
     IF NEW.member IS DISTINCT FROM OLD.member THEN
       IF OLD.state IN (${ended}) OR NOT sluice.has_merged(OLD.member, NEW.member)
          OR NEW.application ->> 'member' IS DISTINCT FROM NEW.member
          OR NEW.application - '{member,responsible}'::text[]
             IS DISTINCT FROM OLD.application - '{member,responsible}'::text[] THEN
         RAISE EXCEPTION 'what a connection case is about stays' USING ERRCODE = '42501';
       END IF;
     ELSIF NEW.application IS DISTINCT FROM OLD.application AND OLD.state NOT IN (${changeable})
       AND NOT (OLD.state = 'CONTRACTED'
         AND sluice.opined_part(NEW.application) = sluice.opined_part(OLD.application)) THEN${applicationStands}${movesBySteps}`,
)

const cases = [
  `ALTER TABLE sluice.connection_case
     ADD COLUMN archived_at timestamptz,
     ADD COLUMN archived_by jsonb CHECK (archived_by ->> 'actor' <> ''),
     ADD COLUMN archive_reason text CHECK (archive_reason <> ''),
     ADD CHECK ((archived_at IS NULL) = (archived_by IS NULL) AND (archived_at IS NULL) = (archive_reason IS NULL))`,
  'DROP INDEX sluice.connection_case_open',
  `CREATE UNIQUE INDEX connection_case_open ON sluice.connection_case (kind, object_id)
     WHERE state NOT IN (${ended}) AND archived_at IS NULL`,
  changed,
]

// Of a merger the registry has the papers.
const notes = [
  'ALTER TABLE sluice.connection_case_note DROP CONSTRAINT connection_case_note_kind_check',
  `ALTER TABLE sluice.connection_case_note ALTER COLUMN document DROP NOT NULL,
     ADD CONSTRAINT connection_case_note_kind_check
       CHECK (kind IN ('improvement', 'security-opinion', 'correction', 'succession')),
     ADD CONSTRAINT connection_case_note_paper CHECK ((document IS NULL) = (kind = 'succession'))`,
]

/** @param passing - what else of a concluded agreement may change */
const termsOf = (passing: string): string =>
  `CREATE TRIGGER terms BEFORE UPDATE ON sluice.agreement FOR EACH ROW
   WHEN (OLD.state IN ('withdrawn', 'ended')
     OR (OLD.state = 'concluded' AND NEW.state <> 'ended'${passing})
     OR (OLD.member, OLD.requirement_set, OLD.renews, OLD.in_force_from, OLD.in_force_until)
       IS DISTINCT FROM
        (NEW.member, NEW.requirement_set, NEW.renews, NEW.in_force_from, NEW.in_force_until)
     OR (OLD.state = 'concluded' AND (OLD.document, OLD.document_number)
       IS DISTINCT FROM (NEW.document, NEW.document_number))
     OR (OLD.member_at IS NOT NULL AND (OLD.member_account, OLD.member_name, OLD.member_at)
       IS DISTINCT FROM (NEW.member_account, NEW.member_name, NEW.member_at))
     OR (OLD.operator_at IS NOT NULL AND (OLD.operator_account, OLD.operator_name, OLD.operator_at)
       IS DISTINCT FROM (NEW.operator_account, NEW.operator_name, NEW.operator_at)))
   EXECUTE FUNCTION sluice.agreement_stays()`

const annexSteps = (isOver: string): string =>
  `CREATE TRIGGER steps BEFORE UPDATE ON sluice.agreement_annex FOR EACH ROW
   WHEN (OLD.connected_at IS NOT NULL ${isOver}
     OR (OLD.registered_at IS NOT NULL AND NEW.registered_at IS DISTINCT FROM OLD.registered_at))
   EXECUTE FUNCTION sluice.agreement_stays()`

// On paper an agreement stays whose it was; by law it is whose rights and duties are by now.
const agreements = [
  'ALTER TABLE sluice.agreement ADD COLUMN passed_to text REFERENCES sluice.member',
  `CREATE INDEX agreement_passed ON sluice.agreement (passed_to) WHERE passed_to IS NOT NULL`,
  trigger(
    'agreement_passed',
    '',
    `IF OLD.state <> 'concluded' OR NEW.state <> 'concluded'
        OR NOT sluice.has_merged(coalesce(OLD.passed_to, OLD.member), NEW.passed_to) THEN
       RAISE EXCEPTION 'an agreement passes with its member' USING ERRCODE = '42501';
     END IF;`,
  ),
  'DROP TRIGGER terms ON sluice.agreement',
  termsOf(` AND (NEW.state <> 'concluded' OR NEW.passed_to IS NOT DISTINCT FROM OLD.passed_to)`),
  `CREATE TRIGGER passed BEFORE UPDATE ON sluice.agreement FOR EACH ROW
   WHEN (NEW.passed_to IS DISTINCT FROM OLD.passed_to) EXECUTE FUNCTION sluice.agreement_passed()`,
  `ALTER TABLE sluice.agreement_annex ADD COLUMN ended_at timestamptz,
     ADD CONSTRAINT agreement_annex_ended CHECK (ended_at IS NULL OR connected_at IS NULL)`,
  'DROP TRIGGER steps ON sluice.agreement_annex',
  annexSteps('OR OLD.ended_at IS NOT NULL'),
]

const recheckStays = (member: string): string =>
  `CREATE TRIGGER stays BEFORE UPDATE ON sluice.recheck FOR EACH ROW
   WHEN (OLD.state IN ('confirmed', 'refused', 'withdrawn')
     OR (OLD.id, OLD.connection_case, OLD.kind, OLD.object, ${member}OLD.domain, OLD.cause, OLD.scope,
         OLD.requirement_set, OLD.reason, OLD.change, OLD.application, OLD.opened_at, OLD.opened_by, OLD.until)
       IS DISTINCT FROM
        (NEW.id, NEW.connection_case, NEW.kind, NEW.object, ${member.replace('OLD', 'NEW')}NEW.domain, NEW.cause, NEW.scope,
         NEW.requirement_set, NEW.reason, NEW.change, NEW.application, NEW.opened_at, NEW.opened_by, NEW.until))
   EXECUTE FUNCTION sluice.recheck_stays()`

const others = [
  // What is rechecked is whose the object is by now, however it came to be theirs.
  trigger(
    'recheck_followed',
    '',
    `IF NEW.member IS DISTINCT FROM coalesce(
       (SELECT coalesce(owner, member) FROM sluice.subsystem
         WHERE id = array_to_string((string_to_array(NEW.object, '/'))[1:4], '/')),
       (SELECT owner FROM sluice.information_resource WHERE id = NEW.object)) THEN
       RAISE EXCEPTION 'a recheck goes with its object' USING ERRCODE = '42501';
     END IF;`,
  ),
  'DROP TRIGGER stays ON sluice.recheck',
  recheckStays(''),
  `CREATE TRIGGER followed BEFORE UPDATE ON sluice.recheck FOR EACH ROW
   WHEN (NEW.member IS DISTINCT FROM OLD.member) EXECUTE FUNCTION sluice.recheck_followed()`,
  `CREATE TRIGGER succeeded BEFORE UPDATE ON sluice.filing FOR EACH ROW
   WHEN (NEW.member IS DISTINCT FROM OLD.member) EXECUTE FUNCTION sluice.owner_succeeded('member')`,
  `CREATE TRIGGER succeeded BEFORE UPDATE ON sluice.catalogue_subscription FOR EACH ROW
   WHEN (NEW.recipient_member IS DISTINCT FROM OLD.recipient_member)
   EXECUTE FUNCTION sluice.owner_succeeded('recipient_member')`,
]

const grants = [
  `GRANT UPDATE (member, archived_at, archived_by, archive_reason) ON sluice.connection_case TO sluice_admin`,
  'GRANT UPDATE (passed_to) ON sluice.agreement TO sluice_admin',
  'GRANT UPDATE (ended_at) ON sluice.agreement_annex TO sluice_admin',
  'GRANT UPDATE (member) ON sluice.recheck, sluice.filing TO sluice_admin',
  'GRANT UPDATE (recipient_member) ON sluice.catalogue_subscription TO sluice_admin',
]

const undoing = [
  'REVOKE UPDATE (recipient_member) ON sluice.catalogue_subscription FROM sluice_admin',
  'REVOKE UPDATE (member) ON sluice.recheck, sluice.filing FROM sluice_admin',
  'REVOKE UPDATE (member) ON sluice.connection_case FROM sluice_admin',
  'DROP TRIGGER succeeded ON sluice.catalogue_subscription',
  'DROP TRIGGER succeeded ON sluice.filing',
  'DROP TRIGGER followed ON sluice.recheck',
  'DROP TRIGGER stays ON sluice.recheck',
  recheckStays('OLD.member, '),
  'DROP FUNCTION sluice.recheck_followed()',
  'DROP TRIGGER steps ON sluice.agreement_annex',
  'ALTER TABLE sluice.agreement_annex DROP COLUMN ended_at',
  annexSteps(''),
  'DROP TRIGGER passed ON sluice.agreement',
  'DROP TRIGGER terms ON sluice.agreement',
  termsOf(''),
  'DROP FUNCTION sluice.agreement_passed()',
  'ALTER TABLE sluice.agreement DROP COLUMN passed_to',
  `ALTER TABLE sluice.connection_case_note DROP CONSTRAINT connection_case_note_paper,
     DROP CONSTRAINT connection_case_note_kind_check, ALTER COLUMN document SET NOT NULL,
     ADD CONSTRAINT connection_case_note_kind_check CHECK (kind IN ('improvement', 'security-opinion'))`,
  'DROP INDEX sluice.connection_case_open',
  trigger(
    'connection_case_changed',
    '',
    `${whatItIsAbout('NEW.member, ')}
     IF NEW.application IS DISTINCT FROM OLD.application AND OLD.state NOT IN (${changeable}) THEN${applicationStands}${movesBySteps}`,
  ),
  `ALTER TABLE sluice.connection_case DROP COLUMN archived_at, DROP COLUMN archived_by, DROP COLUMN archive_reason`,
  `CREATE UNIQUE INDEX connection_case_open ON sluice.connection_case (kind, object_id) WHERE state NOT IN (${ended})`,
  'DROP FUNCTION sluice.owner_succeeded()',
  'DROP FUNCTION sluice.opined_part(jsonb)',
  'DROP FUNCTION sluice.with_merged(text[])',
  'DROP FUNCTION sluice.has_merged(text, text)',
]
