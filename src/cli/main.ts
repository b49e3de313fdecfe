import 'reflect-metadata'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { loadConfig } from '../config/config.js'
import { ConfigError, readEnvironment } from '../config/env.js'
import { runCommandLine } from './command-line.js'
import type { DatabasePlace } from './open-database.js'

const out = (line: string): void => void process.stdout.write(`${line}\n`)
const err = (line: string): void => void process.stderr.write(`${line}\n`)
const write = (octets: Uint8Array): void => void process.stdout.write(octets)
/** "-" is standard input. */
const read = (path: string): Promise<Buffer> =>
  path === '-' ? buffer(process.stdin) : readFile(resolve(path))
const io = { out, err, write, readFile: read }

function place(): DatabasePlace {
  const environment = readEnvironment(process.env)
  const { directory } = loadConfig(environment, availableParallelism())
  const { databaseUrl, migrationUrl } = environment
  return { directory, databaseUrl, migrationUrl }
}

/** The build stands in `dist/`, below the package's own description. */
async function version(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

try {
  process.exitCode = await runCommandLine(process.argv.slice(2), { io, place, version })
} catch (error) {
  if (error instanceof ConfigError) err(error.message)
  else err(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = error instanceof ConfigError ? 2 : 1
}
