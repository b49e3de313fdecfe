import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { entriesTokenCharsMin, witnessesMax } from '../limits/transparency.js'
import { parseVerifierKey, type NoteKey } from '../tlog/note-keys.js'
import { NoteError } from '../tlog/note.js'
import { ConfigError } from './env.js'
import { Secret } from './secrets.js'

export const logApiSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8083),
  /** The token by which auditors read entries; without it nobody does. */
  entriesTokenFile: z.string().optional(),
})

export const witnessesSchema = z
  .array(
    z.strictObject({
      /** As it is in the verifier key: so that a key under another name is not taken by mistake. */
      name: z.string(),
      /** What `sluice witness key` writes. */
      vkey: z.string(),
      /** Before `/add-checkpoint`; none for a witness that fetches by itself. */
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** Names of the logs that it vouches for, `domain/PORTAL`; all where none are named. */
      logs: z.array(z.string()).min(1).max(256).optional(),
    }),
  )
  .max(witnessesMax)

/** Where the logs are read by others. */
export interface LogApiConfig {
  readonly host: string
  readonly port: number
  readonly entriesToken: Secret<string> | undefined
}

/** A body that vouches for the logs. */
export interface WitnessConfig {
  readonly key: NoteKey
  readonly address: string | undefined
  readonly logs: readonly string[] | undefined
}

/** @throws ConfigError for a token that cannot be read, or could be guessed */
export function logApiOf(file: z.infer<typeof logApiSchema> | undefined): LogApiConfig | undefined {
  if (!file) return undefined
  const { host, port, entriesTokenFile } = file
  const entriesToken = entriesTokenFile === undefined ? undefined : readToken(entriesTokenFile)
  return { host, port, entriesToken }
}

/** @throws ConfigError for what is no witness's key, or two of one name */
export function witnessesOf(
  file: z.infer<typeof witnessesSchema>,
  path: string,
): readonly WitnessConfig[] {
  const setting = `${path}: evidence.witnesses`
  if (new Set(file.map(({ name }) => name)).size < file.length) {
    throw new ConfigError(`${setting}: a name is there twice`)
  }
  return file.map(({ name, vkey, url, logs }) => ({
    key: witnessKeyOf(name, vkey, setting),
    address: url?.replace(/\/+$/, ''),
    logs,
  }))
}

function witnessKeyOf(name: string, vkey: string, setting: string): NoteKey {
  try {
    const key = parseVerifierKey(vkey)
    if (key.name !== name) throw new NoteError('the verifier key has another name')
    if (key.algorithm === 'cosignature/v1') return key
    throw new NoteError('the verifier key is a log’s, and not a witness’s')
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new ConfigError(`${setting}: ${name}: ${error.message}`, { cause: error })
  }
}

function readToken(file: string): Secret<string> {
  const path = resolve(file)
  let token: string
  try {
    token = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`${path}: the token cannot be read`, { cause: error })
  }
  if (token.length < entriesTokenCharsMin || !/^[A-Za-z0-9._~+/=-]{1,512}$/.test(token)) {
    throw new ConfigError(
      `${path}: must hold a token of at least ${entriesTokenCharsMin} letters, digits or ._~+/=-`,
    )
  }
  return new Secret(token)
}
