import { CaError } from '../ca/ca-error.js'
import { ConfigError } from '../config/env.js'
import { DatabaseSetupError } from '../database/database-setup.js'
import { EmbeddedPostgresError } from '../database/postgres-account.js'

/** Why a process could not start, and the code it ends with. */
export interface StartTrouble {
  readonly text: string
  /** 2: somebody has to mend something outside, and the text says what. 1: a fault of the bus. */
  readonly exitCode: 1 | 2
}

/** A start that failed for a reason found elsewhere, e.g. in a worker. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly trouble: StartTrouble

  constructor(trouble: StartTrouble) {
    super(trouble.text)
    this.trouble = trouble
  }
}

const listenTroubles: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be used by this account',
  EADDRNOTAVAIL: 'is no address of this machine',
  ENOTFOUND: 'is not known',
}

/**
 * Gives an error of a listener in words.
 * @param setting - the key of the configuration that names the address
 */
export function listenTrouble(setting: string, error: unknown): unknown {
  const {
    code = '',
    address = '',
    port = 0,
  } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  const trouble = listenTroubles[code]
  if (trouble === undefined) return error
  const text = `${setting}: ${address}:${port} ${trouble} (${code}). Name another address, or free this one.`
  return new ConfigError(text, { cause: error })
}

/** What a person can mend is said in a sentence; the rest keeps its stack. */
export function troubleOf(error: unknown): StartTrouble {
  if (error instanceof StartError) return error.trouble
  if (
    error instanceof ConfigError ||
    error instanceof CaError ||
    error instanceof EmbeddedPostgresError ||
    error instanceof DatabaseSetupError
  ) {
    return { text: error.message, exitCode: 2 }
  }
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 }
  const { path } = error as NodeJS.ErrnoException
  if (path !== undefined) return { text: `${path}: ${error.message}`, exitCode: 2 }
  return { text: error.stack ?? error.message, exitCode: 1 }
}
