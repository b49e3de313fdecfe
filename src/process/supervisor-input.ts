import type { Config } from '../config/config.js'
import type { LogKeys } from '../config/log-keys.js'
import type { Secret } from '../config/secrets.js'
import type { SystemLog } from '../monitoring/system-log.js'

/** What one node is started from. */
export interface SupervisorInput {
  readonly config: Config
  /** An external PostgreSQL; undefined starts the embedded one. */
  readonly databaseUrl: Secret<string> | undefined
  /** The owner's login for migrations, where it is another than the bus's. */
  readonly migrationUrl: Secret<string> | undefined
  readonly logKeys: Secret<LogKeys>
  readonly log: SystemLog
}
