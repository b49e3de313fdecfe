import type { MigrationInterface, QueryRunner } from 'typeorm'
import { firstRequirementSet } from '../../conformity/first-requirements.js'

/** Technical requirements («texniki tələblər») by version: each stays as it is, and another one follows it. */
export class RequirementSets1764500100000 implements MigrationInterface {
  readonly name = 'RequirementSets1764500100000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table)
    await runner.query(
      `INSERT INTO sluice.requirement_set (version, in_force_from, requirements, written_by)
       VALUES ($1, $2, $3, 'Sluice')`,
      [
        firstRequirementSet.version,
        firstRequirementSet.inForceFrom,
        JSON.stringify(firstRequirementSet.requirements),
      ],
    )
    for (const statement of [...keepers, grant]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.requirement_set')
    await runner.query('DROP FUNCTION sluice.requirement_set_stays()')
  }
}

const table = `
  CREATE TABLE sluice.requirement_set (
    version integer PRIMARY KEY CHECK (version > 0),
    in_force_from timestamptz NOT NULL UNIQUE,
    recheck_until timestamptz,
    requirements jsonb NOT NULL CHECK (jsonb_typeof(requirements) = 'array'),
    written_by text NOT NULL CHECK (written_by <> ''),
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (recheck_until >= in_force_from)
  )`

// Opinions name a version, so what it said must be found for as long as they are.
const keepers = [
  `CREATE FUNCTION sluice.requirement_set_stays() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RAISE EXCEPTION 'a requirement set stays as it is: write a new version' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON sluice.requirement_set
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.requirement_set_stays()`,
]

const grant = 'GRANT SELECT, INSERT ON sluice.requirement_set TO sluice_admin'
