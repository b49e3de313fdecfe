import type { Config } from './config.js'
import type { BusIdentity } from './identity.js'
import type { LogKeys } from './log-keys.js'
import type { Secret } from './secrets.js'

/** What a worker is built from: configuration and, kept apart from it, secrets. */
export interface WorkerInput {
  readonly config: Config
  readonly databaseUrl: Secret<string>
  readonly identity: BusIdentity
  /** Undefined where the bus signs nothing with RSA. */
  readonly rsaIdentity: BusIdentity | undefined
  readonly logKeys: Secret<LogKeys>
}
