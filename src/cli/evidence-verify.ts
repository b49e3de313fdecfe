import { parseArgs } from 'node:util'
import type { Language } from '../evidence/summary.js'
import type { GivenTrust } from '../evidence/verify/believed.js'
import type { EvidenceReport, Verdict } from '../evidence/verify/report.js'
import { verifyEvidence } from '../evidence/verify/verify-evidence.js'
import { parseVerifierKey, type NoteKey } from '../tlog/note-keys.js'
import { NoteError } from '../tlog/note.js'
import { readInput } from './command-files.js'
import { UsageError, type FileCommandIo } from './command-io.js'
import { evidenceText } from './evidence-text.js'
import { readTrustFiles } from './trust-files.js'

const usage = `Usage: sluice evidence verify FILE [options]

Checks an evidence container with nothing but its bytes: no database, no network. Says step by step what is
proved, what is false and in which file, and what could not be checked.

  --trust FILE        a root that you believe: of the systems' certificates, of the bus's seal, of those who
                      stamp (repeatable). Without one, certificates are judged by the container's own
  --log-key KEY       the log's key that you have from elsewhere, as name+id+key or a file with it (repeatable)
  --witness-key KEY   the same of a witness (repeatable)
  --lang az|en        the language of the report; both by default
  --json              print one JSON object

Exit code: 0 everything proved, 1 something is false, 2 wrong use or a file that cannot be read, 3 nothing
is false and not everything could be checked.`

const exitCodes: Readonly<Record<Verdict, number>> = { proved: 0, false: 1, incomplete: 3 }

interface Order {
  readonly file: string
  readonly trust: readonly string[]
  readonly logKeys: readonly string[]
  readonly witnessKeys: readonly string[]
  readonly languages: readonly Language[]
  readonly json: boolean
}

/** `sluice evidence verify …`. @returns exit code */
export async function evidenceVerify(args: readonly string[], io: FileCommandIo): Promise<number> {
  try {
    const order = orderOf(args)
    if (order === 'help') {
      io.out(usage)
      return 0
    }
    const given = await trustOf(order, io)
    const report = await verifyEvidence(await readInput(order.file, io), given, new Date())
    show(report, order, io)
    return exitCodes[report.verdict]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}

function show(report: EvidenceReport, { languages, json }: Order, io: FileCommandIo): void {
  if (json) {
    io.out(JSON.stringify(report, undefined, 2))
    return
  }
  for (const [at, language] of languages.entries()) {
    if (at > 0) io.out('')
    for (const line of evidenceText(report, language)) io.out(line)
  }
}

/** @throws UsageError */
async function trustOf(order: Order, io: FileCommandIo): Promise<GivenTrust> {
  const files = { trust: order.trust, intermediate: [], crl: [] }
  return {
    anchors: (await readTrustFiles(files, io)).anchors,
    logKeys: await keysOf(order.logKeys, '--log-key', io),
    witnessKeys: await keysOf(order.witnessKeys, '--witness-key', io),
  }
}

/** A key's text holds a plus; a file's name that does is given with a folder in front. */
async function keysOf(
  given: readonly string[],
  option: string,
  io: FileCommandIo,
): Promise<NoteKey[]> {
  const keys: NoteKey[] = []
  for (const text of given) {
    const isKey = /^[^+\s]+\+[0-9a-f]{8}\+\S+$/.test(text)
    const lines = isKey ? text : (await readInput(text, io)).toString('utf8')
    for (const line of lines.split('\n').map((each) => each.trim())) {
      if (line !== '') keys.push(keyOf(line, option))
    }
  }
  return keys
}

function keyOf(text: string, option: string): NoteKey {
  try {
    return parseVerifierKey(text)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new UsageError(`${option}: ${error.message}`)
  }
}

/** @throws UsageError */
function orderOf(args: readonly string[]): Order | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'
  const [file, ...others] = positionals
  if (file === undefined) throw new UsageError(`FILE is missing.\n\n${usage}`)
  if (others.length > 0) throw new UsageError(`One container at a time.\n\n${usage}`)
  const { lang } = values
  if (lang !== undefined && lang !== 'az' && lang !== 'en') {
    throw new UsageError('--lang must be az or en.')
  }
  return {
    file,
    trust: values.trust,
    logKeys: values['log-key'],
    witnessKeys: values['witness-key'],
    languages: lang === undefined ? ['az', 'en'] : [lang],
    json: values.json,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        trust: { type: 'string', multiple: true, default: [] },
        'log-key': { type: 'string', multiple: true, default: [] },
        'witness-key': { type: 'string', multiple: true, default: [] },
        lang: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}
