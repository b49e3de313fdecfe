import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Whose a suspension is, where it is not the operator's: who stops what is theirs may let it go on, and nobody lets go
 * on what somebody above them stopped.
 */
export class Suspensions1764501000000 implements MigrationInterface {
  readonly name = 'Suspensions1764501000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table)
    await runner.query('GRANT SELECT, INSERT, DELETE ON sluice.suspension TO sluice_admin')
    await runner.query('GRANT UPDATE (side, since) ON sluice.suspension TO sluice_admin')
    for (const statement of ended) await runner.query(statement)
    await runner.query(trigger('service', 'OLD.status IS DISTINCT FROM NEW.status'))
    // The founder of another domain has stopped nothing.
    await runner.query(
      trigger('subsystem', '(OLD.status, OLD.domain) IS DISTINCT FROM (NEW.status, NEW.domain)'),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const entries of ['service', 'subsystem']) {
      await runner.query(`DROP TRIGGER suspension_ended ON sluice.${entries}`)
    }
    await runner.query('DROP FUNCTION sluice.suspension_ended()')
    await runner.query('DROP TABLE sluice.suspension')
  }
}

const table = `
  CREATE TABLE sluice.suspension (
    object text PRIMARY KEY,
    side text NOT NULL CHECK (side IN ('owner', 'founder')),
    since timestamptz NOT NULL DEFAULT clock_timestamp()
  )`

// However it comes to an end, by a declaration too: what is suspended after that is not the one's who suspended it before.
const ended = [
  `CREATE FUNCTION sluice.suspension_ended() RETURNS trigger
   LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     IF NEW.status <> 'suspended' OR OLD.status = 'suspended' THEN
       DELETE FROM sluice.suspension WHERE object = NEW.id;
     END IF;
     RETURN NULL;
   END $$`,
  'REVOKE ALL ON FUNCTION sluice.suspension_ended() FROM PUBLIC',
]

const trigger = (entries: string, when: string): string =>
  `CREATE TRIGGER suspension_ended AFTER UPDATE ON sluice.${entries}
   FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION sluice.suspension_ended()`
