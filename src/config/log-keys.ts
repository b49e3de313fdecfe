import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.js'
import { ConfigError } from './env.js'
import { Secret } from './secrets.js'

/** Keys that protect the message log, from outside the database (evidence rule 4). */
export interface LogKeys {
  /** Wraps the data keys that payloads are encrypted with. */
  readonly payloadKey: Buffer
  /** Turns persons' identifiers into pseudonyms. */
  readonly pseudonymKey: Buffer
}

const keyBytes = 32

/**
 * Reads the log's keys; where the configuration names none, makes them once under `directory/keys`.
 * Whoever loses them loses the payloads, so a backup of the database needs one of these files too.
 * @throws ConfigError for a file that cannot be read or holds no 32 bytes in base64
 */
export function loadLogKeys(config: Config): Secret<LogKeys> {
  const named = config.keys
  const payloadKeyFile = named?.payloadKeyFile ?? makeOnce(config, 'payload.key')
  const pseudonymKeyFile = named?.pseudonymKeyFile ?? makeOnce(config, 'pseudonym.key')
  return new Secret({
    payloadKey: readKey(payloadKeyFile),
    pseudonymKey: readKey(pseudonymKeyFile),
  })
}

/**
 * The key that opens payloads, for a reader: makes none.
 * @throws ConfigError also where there is none yet
 */
export function findPayloadKey(config: Config): Secret<Buffer> {
  const own = join(config.directory, 'keys', 'payload.key')
  return new Secret(readKey(config.keys?.payloadKeyFile ?? own))
}

function makeOnce(config: Config, name: string): string {
  const folder = join(config.directory, 'keys')
  const path = join(folder, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(path, randomBytes(keyBytes).toString('base64'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    // Made by an earlier start: that key is the one to use.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return path
}

function readKey(path: string): Buffer {
  let key: Buffer
  try {
    key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  } catch (error) {
    throw new ConfigError(`${path}: the key cannot be read`, { cause: error })
  }
  if (key.length !== keyBytes)
    throw new ConfigError(`${path}: must hold ${keyBytes} bytes in base64`)
  return key
}
