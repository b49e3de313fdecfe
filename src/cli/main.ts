import 'reflect-metadata'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { availableParallelism } from 'node:os'
import { loadConfig } from '../config/config.js'
import { ConfigError, readEnvironment } from '../config/env.js'
import { c14n } from './c14n.js'
import { explain } from './explain.js'
import { logShow } from './log-show.js'
import { openLogOf, openRegistryOf } from './open-database.js'
import { registryCommand } from './registry.js'
import { send } from './send.js'
import { trustVerify } from './trust-verify.js'

const usage = `Usage: sluice COMMAND …

  registry apply FILE... [--dry-run]   bring the registry to what the files declare
  registry export                      write the registry as one declaration
  log show EXCHANGE_ID                 show an exchange's entries in the message log
  send …                               sign a request, send it, verify the answer
  explain FILE …                       say step by step why a captured request would be accepted or refused
  trust verify CERT …                  the same for a certificate and its chain
  c14n FILE …                          write XML as the canonical octets that a signature covers

Each command says more with --help. Commands that read or change the registry or the log use DATABASE_URL,
or the embedded database of the bus in this folder (SLUICE_VAR).
`

const out = (line: string): void => void process.stdout.write(`${line}\n`)
const err = (line: string): void => void process.stderr.write(`${line}\n`)
const write = (octets: Uint8Array): void => void process.stdout.write(octets)
const io = { out, err, write, readFile: (path: string) => readFile(resolve(path)) }

/** @returns exit code: 0 done, 1 refused or failed, 2 wrong use */
async function run(args: readonly string[]): Promise<number> {
  const [command = '', ...rest] = args
  switch (command) {
    case 'registry':
      return registryCommand(rest, io, () => openRegistryOf(configuration()))
    case 'send':
      return send(rest, io)
    case 'explain':
      return explain(rest, io)
    case 'c14n':
      return c14n(rest, io)
    case 'log':
    case 'trust':
      return runSubcommand(command, rest)
    default:
      return wrongUse(command)
  }
}

async function runSubcommand(
  command: string,
  [sub = '', ...rest]: readonly string[],
): Promise<number> {
  switch (`${command} ${sub}`) {
    case 'log show':
      return logShow(rest, io, () => openLogOf(configuration()))
    case 'trust verify':
      return trustVerify(rest, io)
    default:
      return wrongUse(command)
  }
}

function wrongUse(command: string): number {
  const asked = command === '' || command === 'help' || command === '--help' || command === '-h'
  if (asked && command !== '') {
    process.stdout.write(usage)
    return 0
  }
  process.stderr.write(usage)
  return 2
}

function configuration(): Parameters<typeof openLogOf>[0] {
  const environment = readEnvironment(process.env)
  const { directory } = loadConfig(environment, availableParallelism())
  const { databaseUrl, migrationUrl } = environment
  return { directory, databaseUrl, migrationUrl }
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  if (error instanceof ConfigError) err(error.message)
  else err(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = error instanceof ConfigError ? 2 : 1
}
