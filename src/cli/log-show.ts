import type { ParseArgsConfig } from 'node:util'
import { exchangesShownMax } from '../limits/command-line.js'
import type { EntrySelection, StoredEntry } from '../message-log/log-reader.store.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { printable } from '../printable.js'
import { uuidPattern } from './uuid-pattern.js'

/** The message log, opened for a command. */
export interface OpenLog {
  readEntries(selection: EntrySelection): Promise<StoredEntry[]>
  close(): Promise<void>
}

const usage = `Usage: sluice log show EXCHANGE_ID [--json]
       sluice log show --last N [--json]
       sluice log show --message-id ID [--json]

Shows entries of the message log: both halves of an exchange, and what the recipient of a one-way
message said of it, without payloads.

Exit code: 0 shown, 1 none found or an entry that does not fit its leaf hash, 2 wrong use.`

const labelChars = 28
const inTitle: ReadonlySet<string> = new Set(['kind', 'exchangeId', 'recordedAt', 'format'])

const options = {
  allowPositionals: true,
  options: {
    last: { type: 'string' },
    'message-id': { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
} as const satisfies ParseArgsConfig

interface Request {
  readonly selection: EntrySelection
  readonly json: boolean
}

/**
 * `sluice log show …`.
 * @param args - what follows `log show`
 * @returns exit code: 0 shown, 1 none found, not intact or not reachable, 2 wrong use
 */
export function logShow(
  args: readonly string[],
  io: CommandIo,
  openDatabase: () => Promise<OpenLog>,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const request = parse(args)
    return request === 'help' ? 'help' : carryOut(request, io, openDatabase)
  })
}

async function carryOut(
  { selection, json }: Request,
  io: CommandIo,
  openDatabase: () => Promise<OpenLog>,
): Promise<number> {
  let log: OpenLog | undefined
  try {
    log = await openDatabase()
    return show(await log.readEntries(selection), json, io)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    io.err(`The message log could not be read: ${reason}`)
    return 1
  } finally {
    await log?.close()
  }
}

/** @throws UsageError */
function parse(args: readonly string[]): Request | 'help' {
  const { values, positionals } = parsedOptions(args, options, usage)
  if (values.help) return 'help'
  const { last, 'message-id': messageId, json } = values
  const selections: EntrySelection[] = [
    ...positionals.map(exchangeOf),
    ...(last === undefined ? [] : [lastOf(last)]),
    ...(messageId === undefined ? [] : [{ messageId }]),
  ]
  const [selection, ...others] = selections
  if (!selection) throw wrongUse('Say which exchange.', usage)
  if (others.length > 0) throw wrongUse('Give one of EXCHANGE_ID, --last and --message-id.', usage)
  return { selection, json }
}

function exchangeOf(text: string): EntrySelection {
  if (uuidPattern.test(text)) return { exchangeId: text }
  throw wrongUse(
    `"${printable(text)}" is no exchange id, which is a UUID; --message-id finds the consumer's own.`,
    usage,
  )
}

function lastOf(text: string): EntrySelection {
  const last = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0
  if (last >= 1 && last <= exchangesShownMax) return { last }
  throw wrongUse(`--last must be a whole number from 1 to ${exchangesShownMax}.`, usage)
}

function show(entries: readonly StoredEntry[], json: boolean, io: CommandIo): number {
  if (json) {
    for (const entry of entries) io.out(JSON.stringify(objectOf(entry)))
  } else {
    for (const entry of entries) io.out(`${linesOf(entry).join('\n')}\n`)
  }
  if (entries.length === 0) io.err('The message log has no such entry.')
  const broken = entries.filter((entry) => !entry.isIntact)
  for (const { rowId } of broken) io.err(`Row ${rowId} does not fit its leaf hash.`)
  return entries.length > 0 && broken.length === 0 ? 0 : 1
}

function objectOf(entry: StoredEntry): Record<string, unknown> {
  return {
    rowId: entry.rowId,
    leafHash: entry.leafHash.toString('hex'),
    intact: entry.isIntact,
    entry: entry.fields,
  }
}

function linesOf({ rowId, leafHash, fields }: StoredEntry): string[] {
  const { kind, exchangeId, recordedAt } = fields
  const shown = Object.entries(fields).filter(([name]) => !inTitle.has(name))
  return [
    `${exchangeId}  ${kind.toUpperCase()}  ${recordedAt}`,
    `  ${'row'.padEnd(labelChars)}${rowId}`,
    `  ${'leaf hash'.padEnd(labelChars)}${leafHash.toString('hex')}`,
    ...shown.map(([name, value]) => `  ${labelOf(name)}${printable(String(value))}`),
  ]
}

/** `providerProtocol` is shown as `provider protocol`. */
function labelOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).padEnd(labelChars)
}
