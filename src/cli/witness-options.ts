import { parseArgs } from 'node:util'
import { witnessedLogsMax } from '../limits/transparency.js'
import { parseVerifierKey, type NoteKey } from '../tlog/note-keys.js'
import { NoteError } from '../tlog/note.js'
import type { FollowedLog } from '../witness/follow-log.js'
import { UsageError } from './command-io.js'

export const witnessUsage = `Usage: sluice witness key NAME --key FILE
       sluice witness --log URL --log-key VKEY --name NAME --key FILE --state DIR (--once | --every SECONDS)
       sluice witness --listen HOST:PORT --log-key VKEY --name NAME --key FILE --state DIR

Vouches for a log to others: that each of its checkpoints has all before it as its beginning. Run it where the
log's operator has no say.

  key NAME          make the witness's key, once, and write its verifier key, which log and readers need
  --log URL         fetch this log's checkpoints and tiles, and hand the signature in there; URL is what comes
                    before /checkpoint. Several may be named, each with its --log-key
  --log-key VKEY    verifier key of the log, as its operator publishes it (GET /log/)
  --listen          wait for checkpoints that logs hand in (C2SP tlog-witness) at /add-checkpoint
  --name, --key     name and key of the witness
  --state DIR       what it has seen; whoever loses this folder can be told another past
  --once, --every   one turn, or one each so many seconds (1 to 86400)

Exit code: 0 vouched for, 1 a log could not be read or signed, 2 wrong use, 3 a log forked or shrank; both
checkpoints are in a file then.`

interface WitnessIdentity {
  readonly name: string
  readonly keyFile: string
}

export type WitnessRequest =
  | ({ readonly kind: 'key' } & WitnessIdentity)
  | ({
      readonly kind: 'follow'
      readonly logs: readonly FollowedLog[]
      readonly stateFolder: string
      /** Undefined is once. */
      readonly everyMs: number | undefined
    } & WitnessIdentity)
  | ({
      readonly kind: 'listen'
      readonly keys: readonly NoteKey[]
      readonly stateFolder: string
      readonly host: string
      readonly port: number
    } & WitnessIdentity)

const everySecondsMax = 86_400

/** @throws UsageError */
export function parseWitness(args: readonly string[]): WitnessRequest | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const keyFile = values.key ?? missing('--key FILE')
  if (positionals.length > 0) return { ...keyRequest(positionals), keyFile }
  const name = values.name ?? missing('--name NAME')
  const stateFolder = values.state ?? missing('--state DIR')
  const keys = values['log-key'].map(keyOf)
  if (keys.length === 0) missing('--log-key VKEY')
  if (keys.length > witnessedLogsMax) throw wrongUse(`At most ${witnessedLogsMax} logs.`)
  if (new Set(keys.map((key) => key.name)).size < keys.length) {
    throw wrongUse('Two of the --log-key are for one log.')
  }
  const common = { name, keyFile, stateFolder }
  if (values.listen !== undefined) {
    if (values.log.length > 0) throw wrongUse('Give --log or --listen.')
    return { kind: 'listen', keys, ...common, ...placeOf(values.listen) }
  }
  if (values.log.length !== keys.length) throw wrongUse('Give each --log its --log-key.')
  const logs = keys.map((key, at) => ({ key, address: addressOf(values.log[at] ?? '') }))
  return { kind: 'follow', logs, ...common, everyMs: everyMsOf(values.once, values.every) }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        log: { type: 'string', multiple: true, default: [] },
        'log-key': { type: 'string', multiple: true, default: [] },
        listen: { type: 'string' },
        name: { type: 'string' },
        key: { type: 'string' },
        state: { type: 'string' },
        once: { type: 'boolean', default: false },
        every: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw wrongUse((error as Error).message)
  }
}

function keyRequest([word, name, ...others]: readonly string[]): {
  readonly kind: 'key'
  readonly name: string
} {
  if (word !== 'key') throw wrongUse(`There is no witness ${JSON.stringify(word)}.`)
  if (name === undefined || others.length > 0) throw wrongUse('Give the key one NAME.')
  return { kind: 'key', name }
}

function keyOf(text: string): NoteKey {
  try {
    return parseVerifierKey(text)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw wrongUse(`--log-key: ${error.message}.`)
  }
}

function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url && /^https?:$/.test(url.protocol) && `${url.search}${url.hash}` === ''
  if (!isPlain || url.username !== '') throw wrongUse('--log: name an http or https address.')
  return url.href.replace(/\/+$/, '')
}

function placeOf(text: string): { readonly host: string; readonly port: number } {
  const {
    host = '',
    bare = '',
    port = '',
  } = /^(?:\[(?<host>[0-9a-fA-F:.]+)\]|(?<bare>[^[\]:\s]+)):(?<port>[0-9]{1,5})$/.exec(text)
    ?.groups ?? {}
  if (port === '' || Number(port) > 65_535) throw wrongUse('--listen: say HOST:PORT.')
  return { host: host || bare, port: Number(port) }
}

function everyMsOf(once: boolean, every: string | undefined): number | undefined {
  if (once === (every !== undefined)) throw wrongUse('Give --once or --every SECONDS.')
  if (every === undefined) return undefined
  const seconds = /^[0-9]{1,5}$/.test(every) ? Number(every) : 0
  if (seconds >= 1 && seconds <= everySecondsMax) return seconds * 1_000
  throw wrongUse(`--every must be a whole number from 1 to ${everySecondsMax}.`)
}

function missing(option: string): never {
  throw wrongUse(`${option} is missing.`)
}

function wrongUse(reason: string): UsageError {
  return new UsageError(`${reason}\n\n${witnessUsage}`)
}
