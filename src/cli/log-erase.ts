import { resolve } from 'node:path'
import type { DayOutcome } from '../log-archive/erase-payloads.store.js'
import { authorOf, type Author } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { dayOption, keepingOptions, reasonOption, withKeeping } from './keeping-command.js'
import type { OpenKeepingFor } from './open-keeping.js'

const usage = `Usage: sluice log erase --reason TEXT [--before DATE] [--service ID] [--actor NAME]
       sluice log erase --reason TEXT --archive FILE [--archive FILE]... [--actor NAME]

Erases the payloads whose retention is over (evidence.retention in the configuration), with the data keys that
nothing needs any more. Entries stay, and every proof. --before takes days before DATE (UTC) only, --service
one service only; neither shortens a retention. What a legal hold keeps stays.

With --archive it erases the payloads of archive files, of each all together, once the last of them is over its
retention and no hold keeps any of its exchanges. The file goes on to verify. 'log verify' misses payloads that
were taken out of a file otherwise.

Exit code: 0 done or nothing to do, 1 refused or failed, 2 wrong use.`

/**
 * `sluice log erase …`.
 * @param args - what follows `log erase`
 * @returns exit code: 0 done, also where there was nothing to do; 1 refused or failed; 2 wrong use
 */
export function logErase(
  args: readonly string[],
  io: CommandIo,
  openKeeping: OpenKeepingFor,
): Promise<number> {
  return withUsage(io, usage, async () => {
    const { values } = parsedOptions(
      args,
      {
        options: {
          ...keepingOptions,
          before: { type: 'string' },
          service: { type: 'string' },
          archive: { type: 'string', multiple: true, default: [] },
        },
      },
      usage,
    )
    if (values.help) return 'help'
    const reason = reasonOption(values.reason, usage)
    const { before, service, archive: files } = values
    if (files.length > 0) {
      if (before !== undefined || service !== undefined) {
        throw wrongUse('--archive goes without --before and --service.', usage)
      }
      return eraseFiles(files, io, openKeeping, authorOf({ ...values, reason }))
    }
    const day = before === undefined ? undefined : dayOption('before', before, usage)
    return withKeeping(io, openKeeping, authorOf({ ...values, reason }), async (keeping) => {
      const outcomes = await keeping.erase({ day, service, tell: (done) => tell(done, io) })
      const total = outcomes.reduce((sum, { payloads }) => sum + countOf(payloads), 0)
      io.out(total === 0 ? 'Nothing to erase.' : `Erased: ${total} payloads.`)
      return 0
    })
  })
}

async function eraseFiles(
  files: readonly string[],
  io: CommandIo,
  openKeeping: OpenKeepingFor,
  author: Author,
): Promise<number> {
  return withKeeping(io, openKeeping, author, async (keeping) => {
    for (const file of files) {
      const erased = await keeping.eraseArchived(resolve(file))
      io.out(erased ? `${file}: erased ${erased.payloads} payloads.` : `${file}: nothing to erase.`)
    }
    return 0
  })
}

function tell({ day, payloads, held, dataKeys }: DayOutcome, io: CommandIo): void {
  const count = countOf(payloads)
  if (count > 0) io.out(`${day}: ${count} payloads, ${dataKeys} data keys`)
  for (const service of held) {
    io.err(`${day}: a legal hold keeps the payloads of ${service === '' ? 'no service' : service}`)
  }
}

function countOf(payloads: DayOutcome['payloads']): number {
  return Object.values(payloads).reduce((sum, count) => sum + count, 0)
}
