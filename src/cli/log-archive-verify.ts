import { resolve } from 'node:path'
import { ArchiveError } from '../archive-reader/archive-error.js'
import type { VerifierKey } from '../archive-reader/signed-note.js'
import { verifyArchive, type ArchiveVerdict } from '../archive-reader/verify-archive.js'
import { joinArchives, type ArchiveChain } from '../archive-reader/verify-chain.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { fileReason } from './file-trouble.js'
import { keyOption } from './keeping-command.js'

const usage = `Usage: sluice log archive verify FILE... [--key VKEY]... [--witness VKEY]... [--json]

Checks archive files by themselves, with no database and no network: every part, the tree that the entries make,
the checkpoint that signs it, index and encrypted payloads; and that several files of one log follow one
another. --key is a log's verifier key as it was published: without it the key stands in the file itself,
and whoever made up the file could have made up the key. --witness asks for a witness's cosignature too.

Exit code: 0 all hold together by keys that were given, 1 one does not, 2 wrong use or a file that cannot be read,
3 all hold together, but no key was given.`

/**
 * `sluice log archive verify …`.
 * @param args - what follows `log archive verify`
 * @returns exit code: 0 all hold together, 1 one does not, 2 wrong use or unreadable, 3 by no key that was given
 */
export function logArchiveVerify(args: readonly string[], io: CommandIo): Promise<number> {
  return withUsage(io, usage, async () => {
    const { values, positionals } = parsedOptions(
      args,
      {
        allowPositionals: true,
        options: {
          key: { type: 'string', multiple: true, default: [] },
          witness: { type: 'string', multiple: true, default: [] },
          json: { type: 'boolean', default: false },
          help: { type: 'boolean', short: 'h', default: false },
        },
      },
      usage,
    )
    if (values.help) return 'help'
    if (positionals.length === 0) throw wrongUse('Say which FILE.', usage)
    const keys = values.key.map((text) => keyOption('key', text, usage).key)
    const witnesses = values.witness.map((text) => keyOption('witness', text, usage).key)
    return verifyFiles(positionals, { keys, witnesses, json: values.json }, io)
  })
}

interface Wish {
  readonly keys: readonly VerifierKey[]
  readonly witnesses: readonly VerifierKey[]
  readonly json: boolean
}

const couldNotCheck = 3

async function verifyFiles(files: readonly string[], wish: Wish, io: CommandIo): Promise<number> {
  const verdicts: ArchiveVerdict[] = []
  for (const file of files) {
    try {
      const verdict = await verifyArchive(resolve(file), wish)
      verdicts.push(verdict)
      if (wish.json) io.out(JSON.stringify(objectOf(file, verdict)))
      else for (const line of linesOf(file, verdict)) io.out(line)
    } catch (error) {
      return failed(file, error, io)
    }
  }
  try {
    const chains = joinArchives(verdicts)
    if (!wish.json) for (const chain of chains) io.out(chainText(chain))
    // As with the logs themselves: who signs with a key of their own choice proves nothing to others.
    return verdicts.every(({ signedBy }) => signedBy === 'published key') ? 0 : couldNotCheck
  } catch (error) {
    return failed('files', error, io)
  }
}

function failed(what: string, error: unknown, io: CommandIo): number {
  if (!(error instanceof ArchiveError)) {
    io.err(`${what}: cannot be read (${fileReason(error)})`)
    return 2
  }
  const part = error.part === undefined ? '' : ` (${error.part})`
  io.err(`${what}: ${error.problem}${part}`)
  io.err(`  az: ${error.text.az}`)
  io.err(`  en: ${error.text.en}`)
  return 1
}

function objectOf(file: string, { manifest, ...verdict }: ArchiveVerdict): object {
  const { origin, log, start, end, checkpoint, previous, timestamps } = manifest
  const stamps = timestamps.map(({ tsa, at }) => ({ tsa, at }))
  return { file, origin, log, start, end, checkpoint, previous, timestamps: stamps, ...verdict }
}

const signedTexts: Readonly<Record<ArchiveVerdict['signedBy'], readonly [az: string, en: string]>> =
  {
    'published key': [
      'nəzarət nöqtəsi dərc edilmiş açarla imzalanıb',
      'the checkpoint is signed by the published key',
    ],
    'stated key': [
      'imza yalnız faylın özündə göstərilən açarla yoxlanılıb; dərc edilmiş açarı --key ilə verin',
      'the signature was checked by the key that the file states only; give the published one with --key',
    ],
    nobody: [
      'imza yoxlanılmayıb: açar verilməyib (--key)',
      'the signature was not checked: no key was given (--key)',
    ],
  }

function linesOf(file: string, verdict: ArchiveVerdict): string[] {
  const { manifest, entries, payloads, signedBy, witnesses } = verdict
  const { origin, start, end, checkpoint, timestamps } = manifest
  const [az, en] = signedTexts[signedBy]
  const cosigned = witnesses.length > 0 ? [`  ✓ ${witnesses.join(', ')}`] : []
  return [
    `${file}: ${origin}, ${start.size}–${end.size - 1}`,
    `  az: ${entries} yazı dəyişməyib və ${checkpoint.size} yazılıq imzalı ağacdadır; məzmunlar: ${payloads.held}/${payloads.named}`,
    `  en: ${entries} entries are unchanged and in the signed tree of ${checkpoint.size}; payloads: ${payloads.held}/${payloads.named}`,
    `  az: ${az}; vaxt möhürləri: ${timestamps.length}, burada yoxlanılmır`,
    `  en: ${en}; timestamps: ${timestamps.length}, not checked here`,
    ...cosigned,
  ]
}

function chainText({ origin, from, to, root, files }: ArchiveChain): string {
  const start = from === 0 ? '' : ` (from ${from})`
  return `${origin}: ${files} files, ${to} entries${start}, root ${root}`
}
