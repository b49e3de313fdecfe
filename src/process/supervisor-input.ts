import type { KeyObject } from 'node:crypto'
import type { Config } from '../config/config.js'
import type { Secret } from '../config/secrets.js'
import type { SystemLog } from '../monitoring/system-log.js'

/** What one node is started from. */
export interface SupervisorInput {
  readonly config: Config
  /** An external PostgreSQL; undefined starts the embedded one. */
  readonly databaseUrl: Secret<string> | undefined
  /** The owner's login for migrations and jobs, where it is another than the workers'. */
  readonly migrationUrl: Secret<string> | undefined
  /** Signs the logs' checkpoints; no worker gets to know it. */
  readonly logSigningKey: Secret<KeyObject>
  readonly log: SystemLog
}
