import { parseArgs } from 'node:util'
import type { Config } from '../config/config.js'
import { findLogSigningKey } from '../config/log-keys.js'
import { LogSigners } from '../sequencing/log-signers.js'
import { PublishedCheckpoints, publishedFolderOf } from '../sequencing/published-checkpoints.js'
import { auditLog, unassignedLog } from '../tlog/checkpoint.js'
import { verifierKeyText } from '../tlog/note-keys.js'
import { NoteError } from '../tlog/note.js'
import { UsageError, type CommandIo } from './command-io.js'

const usage = `Usage: sluice log key [--log NAME]...

Writes the keys by which the logs' checkpoints are verified, one a line, in the form of C2SP signed-note. The key
of each log has the log's own name. Without --log: of every log that this node has published.

A log is named domain/NAME for an exchange domain, unassigned, or audit.

Exit code: 0 written, 2 wrong use, or no key there yet.`

/**
 * `sluice log key …`: for witnesses, and for whoever verifies the logs.
 * @param args - what follows `log key`
 * @returns exit code: 0 written, 2 wrong use
 * @throws ConfigError where the key cannot be read
 */
export async function logKey(
  args: readonly string[],
  io: CommandIo,
  configuration: () => Promise<Config>,
): Promise<number> {
  try {
    const { log: named = [], help } = parsed(args)
    if (help) io.out(usage)
    else for (const line of await keysOf(await configuration(), named)) io.out(line)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof NoteError)) throw error
    io.err(error.message)
    return 2
  }
}

/** The keys that this node publishes; none where it has no key yet. */
export async function publishedKeys(config: Config): Promise<string[]> {
  try {
    return await keysOf(config, [])
  } catch {
    return []
  }
}

const logName = /^(?:domain\/.+|unassigned|audit)$/s

function checked(named: readonly string[]): readonly string[] {
  for (const name of named) {
    if (!logName.test(name)) {
      throw new UsageError(
        `There is no log ${JSON.stringify(name)}: it is domain/NAME, ${unassignedLog} or ${auditLog}.`,
      )
    }
  }
  return named
}

async function keysOf(config: Config, named: readonly string[]): Promise<string[]> {
  const signers = new LogSigners(findLogSigningKey(config).reveal(), config.evidence.origin)
  const published = new PublishedCheckpoints(publishedFolderOf(config.directory))
  const logs =
    named.length > 0 ? checked(named) : [auditLog, unassignedLog, ...(await published.logs())]
  return [...new Set(logs)].sort().map((log) => verifierKeyText(signers.of(log).key))
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        log: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}
