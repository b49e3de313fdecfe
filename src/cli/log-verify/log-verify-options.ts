import { parseArgs } from 'node:util'
import { UsageError } from '../command-io.js'

export const logVerifyUsage = `Usage: sluice log verify [--key FILE]... [--since FILE]... [--witness FILE]... [--trust FILE]...
                         [--archive FILE]... [--log NAME] [--entries-only] [--restored] [--lang en|az] [--json]

Checks the logs from their raw rows, without the bus: every entry, the trees over them, checkpoints, cosignatures,
time-stamps, stored payloads, taken message ids, archive files and the records of them. It reads under the role sluice_auditor and changes nothing.

  --key FILE       verifier keys of the logs (name+id+key, a line each), had from elsewhere than this database;
                   without it those that the node here publishes, if there is one: exit code 3 at best
  --since FILE     a checkpoint kept from earlier: the log must be its continuation
  --witness FILE   keys of witnesses, whose cosignatures then must be there and new
  --trust FILE     certificates (PEM) of the authorities that time-stamps are believed from
  --archive FILE   an archive file: it is checked by itself, and that it is the one that the log names. Of
                   archived entries whose files are not given only the hashes are checked
  --log NAME       only this log: domain/PORTAL, unassigned, audit
  --entries-only   leaves out payloads, data keys and message ids
  --restored       the database was loaded from a dump: what that changes is no defect
  --lang az        says in Azerbaijani what each defect means
  --json           one JSON object instead of text

Exit code: 0 whole, 1 defects were found, 2 wrong use or a file that cannot be read, 3 nothing was found wrong
and not everything could be checked.`

export interface LogVerifyOptions {
  readonly keyFiles: readonly string[]
  readonly sinceFiles: readonly string[]
  readonly witnessFiles: readonly string[]
  readonly trustFiles: readonly string[]
  readonly archiveFiles: readonly string[]
  readonly log: string | undefined
  readonly entriesOnly: boolean
  readonly isRestored: boolean
  readonly language: 'en' | 'az'
  readonly json: boolean
}

/** @throws UsageError */
export function readLogVerifyOptions(args: readonly string[]): LogVerifyOptions | 'help' {
  const values = parsed(args)
  if (values.help) return 'help'
  const { lang } = values
  if (lang !== 'en' && lang !== 'az') throw wrongUse('--lang is en or az.')
  return {
    keyFiles: values.key,
    sinceFiles: values.since,
    witnessFiles: values.witness,
    trustFiles: values.trust,
    archiveFiles: values.archive,
    log: values.log,
    entriesOnly: values['entries-only'],
    isRestored: values.restored,
    language: lang,
    json: values.json,
  }
}

const files = { type: 'string', multiple: true, default: [] as string[] } as const
const flag = { type: 'boolean', default: false } as const

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ key: files, since: files, witness: files, trust: files, archive: files },
        ...{ 'entries-only': flag, restored: flag, json: flag },
        log: { type: 'string' },
        lang: { type: 'string', default: 'en' },
        help: { ...flag, short: 'h' },
      },
    })
    return values
  } catch (error) {
    throw wrongUse((error as Error).message)
  }
}

function wrongUse(reason: string): UsageError {
  return new UsageError(`${reason}\n\n${logVerifyUsage}`)
}
