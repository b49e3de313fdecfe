import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
  const payloadKeyFile = named?.payloadKeyFile ?? makeOnce(config, 'payload.key', newKey)
  const pseudonymKeyFile = named?.pseudonymKeyFile ?? makeOnce(config, 'pseudonym.key', newKey)
  return new Secret({
    payloadKey: readKey(payloadKeyFile),
    pseudonymKey: readKey(pseudonymKeyFile),
  })
}

/**
 * One of the log's keys for a reader: makes none.
 * @throws ConfigError also where there is none yet
 */
export function findLogKey(
  { directory, keys }: { readonly directory: string; readonly keys?: Config['keys'] },
  which: 'payload' | 'pseudonym',
): Secret<Buffer> {
  const named = which === 'payload' ? keys?.payloadKeyFile : keys?.pseudonymKeyFile
  return new Secret(readKey(named ?? join(keyFolderOf({ directory }), `${which}.key`)))
}

/**
 * Reads the key that seals the secrets of administrators' one-time codes; where the configuration names none, makes it
 * once under `directory/keys`. Nodes of one bus need the same: whoever enrolled on one logs in on another.
 * @throws ConfigError for a file that cannot be read or holds no 32 bytes in base64
 */
export function loadAdminKey(config: Pick<Config, 'directory' | 'keys'>): Secret<Buffer> {
  return new Secret(readKey(config.keys?.adminKeyFile ?? makeOnce(config, 'admin.key', newKey)))
}

/**
 * Reads the key that signs the logs' checkpoints; where the configuration names none, makes it once under
 * `directory/keys`. Only the supervisor asks for it, before workers start: whoever has it can make up a log.
 * @throws ConfigError for a file that cannot be read or holds no Ed25519 private key
 */
export function loadLogSigningKey(config: Config): Secret<KeyObject> {
  return readLogSigningKey(
    config.keys?.logSigningKeyFile ?? makeOnce(config, logSigningKeyName, newSigningKey),
  )
}

/** The same for a reader: makes none. @throws ConfigError also where there is none yet */
export function findLogSigningKey(config: Config): Secret<KeyObject> {
  const own = join(keyFolderOf(config), logSigningKeyName)
  return readLogSigningKey(config.keys?.logSigningKeyFile ?? own)
}

/**
 * Public keys that signed the logs before the present one did.
 * @throws ConfigError for a file that cannot be read or holds no Ed25519 key, private or public
 */
export function loadFormerLogKeys(config: Config): KeyObject[] {
  return config.evidence.formerLogKeyFiles.map((path) => {
    const key = readLogKeyPem(path, createPublicKey)
    if (key.asymmetricKeyType === 'ed25519') return key
    throw new ConfigError(`${path}: a former key of the log must be an Ed25519 key`)
  })
}

const logSigningKeyName = 'log-signing.key'

function readLogSigningKey(path: string): Secret<KeyObject> {
  const key = readLogKeyPem(path, createPrivateKey)
  if (key.asymmetricKeyType === 'ed25519') return new Secret(key)
  throw new ConfigError(`${path}: the log's key must be an Ed25519 key`)
}

function readLogKeyPem(path: string, parse: (pem: Buffer) => KeyObject): KeyObject {
  try {
    return parse(readFileSync(path))
  } catch (error) {
    throw new ConfigError(`${path}: the log's key cannot be read or is not PEM`, { cause: error })
  }
}

function keyFolderOf({ directory }: Pick<Config, 'directory'>): string {
  return join(directory, 'keys')
}

function newKey(): string {
  return randomBytes(keyBytes).toString('base64')
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  return privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
}

function makeOnce(config: Pick<Config, 'directory'>, name: string, content: () => string): string {
  const folder = keyFolderOf(config)
  const path = join(folder, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, content(), { mode: 0o600 })
  try {
    // The whole file or none: a start that is interrupted leaves no half key.
    linkSync(draft, path)
  } catch (error) {
    // Made by an earlier start: that key is the one to use.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
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
