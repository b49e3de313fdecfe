import type { ParseArgsConfig } from 'node:util'
import { readVerifierKey, type VerifierKey } from '../archive-reader/signed-note.js'
import { ArchiveRefusal } from '../log-archive/archive-refusal.js'
import { parseDay } from '../log-archive/log-day.js'
import type { Author } from './author.js'
import type { CommandIo } from './command-io.js'
import { wrongUse } from './command-usage.js'
import { fileSentence, isFileTrouble } from './file-trouble.js'
import type { OpenKeeping, OpenKeepingFor } from './open-keeping.js'

// What the commands that change what is kept have in common.

/** The options of every such command. */
export const keepingOptions = {
  reason: { type: 'string' },
  actor: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options']

/** @throws UsageError for what is no day */
export function dayOption(name: string, text: string, usage: string): string {
  const day = parseDay(text)
  if (day !== undefined) return day
  throw wrongUse(`--${name} must be a day like 2026-11-26.`, usage)
}

/** @throws UsageError where no reason is given */
export function reasonOption(reason: string | undefined, usage: string): string {
  if (reason !== undefined && reason.trim() !== '') return reason
  throw wrongUse('Say why, with --reason.', usage)
}

/** @throws UsageError */
export function keyOption(
  name: string,
  text: string,
  usage: string,
): { readonly text: string; readonly key: VerifierKey } {
  const key = readVerifierKey(text)
  if (key) return { text: text.trim(), key }
  throw wrongUse(`--${name} must be a verifier key of the form name+id+key.`, usage)
}

/** Opens the log, does the work, and says what was refused. */
export async function withKeeping(
  io: CommandIo,
  openKeeping: OpenKeepingFor,
  author: Author,
  work: (keeping: OpenKeeping) => Promise<number>,
): Promise<number> {
  let keeping: OpenKeeping | undefined
  try {
    keeping = await openKeeping(author)
    return await work(keeping)
  } catch (error) {
    const message = isFileTrouble(error) ? fileSentence(error) : messageOf(error)
    if (error instanceof ArchiveRefusal) io.err(`Refused (${error.reason}): ${message}.`)
    else io.err(`It could not be done: ${message}`)
    return 1
  } finally {
    await keeping?.close()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
