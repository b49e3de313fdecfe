import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Config } from '../config/config.js'
import { ConfigError, readEnvironment } from '../config/env.js'
import { commandFileBytesMax } from '../limits/command-line.js'
import { runCommandLine } from './command-line.js'
import type { DatabasePlace } from './open-database.js'
import { progressBar } from './progress-bar.js'
import { readBounded } from './read-bounded.js'

const out = (line: string): void => void process.stdout.write(`${line}\n`)
const err = (line: string): void => void process.stderr.write(`${line}\n`)
const write = (octets: Uint8Array): void => void process.stdout.write(octets)
// Who reads may have seen enough ("| head"): the command goes on to its own end and its own exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
/** "-" is standard input. */
const read = (path: string): Promise<Buffer> =>
  readBounded(path === '-' ? process.stdin : createReadStream(resolve(path)), commandFileBytesMax)
const io = { out, err, write, readFile: read }

// Most commands that work on files alone need none.
async function config(): Promise<Config> {
  const { loadConfig } = await import('../config/config.js')
  return loadConfig(readEnvironment(process.env), availableParallelism())
}

/** A container holds payloads in clear: nobody else on this machine shall read it. */
const writeNew = (path: string, content: Uint8Array): Promise<void> =>
  writeFile(resolve(path), content, { flag: 'wx', mode: 0o600 })

async function place(): Promise<DatabasePlace> {
  const environment = readEnvironment(process.env)
  const { directory, keys, limits } = await config()
  const { databaseUrl, migrationUrl } = environment
  return { directory, databaseUrl, migrationUrl, keys, replayWindowMs: limits.replayWindowMs }
}

/** The build stands in `dist/`, below the package's own description. */
async function version(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function stop(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())
  // One that goes on by itself has nobody left to tell.
  process.stdout.on('error', () => stopping.abort())
  return stopping.signal
}

try {
  const showProgress = process.stderr.isTTY
    ? progressBar((text) => void process.stderr.write(text))
    : undefined
  const environment = process.env
  const surroundings = { io, place, environment, config, writeNew, version, stop, showProgress }
  process.exitCode = await runCommandLine(process.argv.slice(2), surroundings)
} catch (error) {
  if (error instanceof ConfigError) err(error.message)
  else err(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = error instanceof ConfigError ? 2 : 1
}
