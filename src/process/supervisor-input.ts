import type { Config } from '../config/config.js'
import type { SystemLog } from '../monitoring/system-log.js'

/** What one node is started from. The addresses hold passwords; they are never logged. */
export interface SupervisorInput {
  readonly config: Config
  /** An external PostgreSQL; undefined starts the embedded one. */
  readonly databaseUrl: string | undefined
  /** The owner's login for migrations, where it is another than the bus's. */
  readonly migrationUrl: string | undefined
  readonly log: SystemLog
}
