import type { Config } from '../config/config.js'
import type { OctetCommandIo } from './c14n.js'
import type { ShowProgress } from './log-verify.js'
import type { DatabasePlace } from './open-database.js'

/** Where the command line runs. What a command does not need is not asked for. */
export interface Surroundings {
  readonly io: OctetCommandIo
  /** @throws ConfigError */
  readonly place: () => Promise<DatabasePlace>
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** @throws ConfigError */
  readonly config: () => Promise<Config>
  /** Writes a new file. @throws where there is one of this name already */
  readonly writeNew: (path: string, content: Uint8Array) => Promise<void>
  readonly version: () => Promise<string>
  /** Aborted when the command is told to end; only asked for by one that would go on by itself. */
  readonly stop: () => AbortSignal
  /** Draws progress on a terminal; undefined where there is none. */
  readonly showProgress?: ShowProgress | undefined
}
