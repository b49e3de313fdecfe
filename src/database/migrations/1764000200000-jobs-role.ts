import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What only the node's jobs do goes over to a role of its own: forgetting old message ids, keeping
 * revocation lists. They also mark requests as unresolved. Workers lose what they never needed: one
 * that was taken over could have made room for a replay, or brought back a list that is out of date.
 */
export class JobsRole1764000200000 implements MigrationInterface {
  readonly name = 'JobsRole1764000200000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      'REVOKE DELETE ON sluice.message_log_message_id FROM sluice_bus',
      'REVOKE INSERT, UPDATE ON sluice.revocation_list FROM sluice_bus',
      'GRANT USAGE ON SCHEMA sluice TO sluice_jobs',
      'GRANT SELECT, DELETE ON sluice.message_log_message_id TO sluice_jobs',
      'GRANT SELECT, INSERT ON sluice.message_log_entry TO sluice_jobs',
      'GRANT SELECT, INSERT, UPDATE ON sluice.revocation_list TO sluice_jobs',
      // Read by the trigger that numbers each revision.
      'GRANT SELECT ON sluice.registry_version TO sluice_jobs',
    ]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL ON ALL TABLES IN SCHEMA sluice FROM sluice_jobs')
    await runner.query('REVOKE ALL ON SCHEMA sluice FROM sluice_jobs')
    await runner.query('GRANT DELETE ON sluice.message_log_message_id TO sluice_bus')
    await runner.query('GRANT INSERT, UPDATE ON sluice.revocation_list TO sluice_bus')
  }
}
