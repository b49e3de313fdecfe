import { parseArgs } from 'node:util'
import type { EntrySelection, StoredEntry } from '../message-log/log-reader.store.js'
import type { CommandIo } from './command-io.js'

/** The message log, opened for a command. */
export interface OpenLog {
  readEntries(selection: EntrySelection): Promise<StoredEntry[]>
  close(): Promise<void>
}

const usage = `Usage: sluice log show EXCHANGE_ID [--json]
       sluice log show --last N [--json]
       sluice log show --message-id ID [--json]

Shows entries of the message log: both halves of an exchange, without payloads.

Exit code: 0 shown, 1 none found or an entry that does not fit its leaf hash, 2 wrong use.`

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const lastMax = 1000
const labelChars = 28
const inTitle: ReadonlySet<string> = new Set(['kind', 'exchangeId', 'recordedAt', 'format'])

interface Request {
  readonly selection: EntrySelection
  readonly json: boolean
}

/**
 * `sluice log show …`.
 * @param args - what follows `log show`
 * @returns exit code: 0 shown, 1 none found, not intact or not reachable, 2 wrong use
 */
export async function logShow(
  args: readonly string[],
  io: CommandIo,
  openDatabase: () => Promise<OpenLog>,
): Promise<number> {
  const request = parse(args)
  if (!request) {
    io.err(usage)
    return 2
  }
  let log: OpenLog | undefined
  try {
    log = await openDatabase()
    return show(await log.readEntries(request.selection), request.json, io)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    io.err(`The message log could not be read: ${reason}`)
    return 1
  } finally {
    await log?.close()
  }
}

function parse(args: readonly string[]): Request | undefined {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        last: { type: 'string' },
        'message-id': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
  } catch {
    return undefined
  }
  const { values, positionals } = parsed
  const selections: (EntrySelection | undefined)[] = [
    ...positionals.map((id) => (uuidPattern.test(id) ? { exchangeId: id } : undefined)),
    ...(values.last === undefined ? [] : [lastOf(values.last)]),
    ...(values['message-id'] === undefined ? [] : [{ messageId: values['message-id'] }]),
  ]
  const [selection] = selections
  return selection && selections.length === 1 ? { selection, json: values.json } : undefined
}

function lastOf(text: string): EntrySelection | undefined {
  const last = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0
  return last >= 1 && last <= lastMax ? { last } : undefined
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

/** Consumers chose some of these texts; none of them may steer the reader's terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd')
}
