import { resolve } from 'node:path'
import { authorOf } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'
import { checkFolder } from './file-trouble.js'
import { dayOption, keepingOptions, keyOption, withKeeping } from './keeping-command.js'
import type { OpenKeepingFor } from './open-keeping.js'

const usage = `Usage: sluice log archive --before DATE [--out FOLDER] [--key VKEY]... [--reason TEXT] [--actor NAME]
       sluice log archive verify FILE...

Writes the days before DATE (UTC) to archive files, one or more for each log, in FOLDER (the working folder
otherwise). Each is read back and verified; then they are recorded, and the days leave the database. Whatever
interrupts it, running it again goes on. Days that are not over, entries without a place or a checkpoint,
and what a legal hold keeps refuse it. With --key, a log's verifier key, its signature is checked too.

Exit code: 0 done or nothing to do, 1 refused or failed, 2 wrong use or no such FOLDER.`

/**
 * `sluice log archive --before …`.
 * @param args - what follows `log archive`
 * @returns exit code: 0 done, also where there was nothing to do; 1 refused or failed; 2 wrong use
 */
export function logArchive(
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
          out: { type: 'string', default: '.' },
          key: { type: 'string', multiple: true, default: [] },
        },
      },
      usage,
    )
    if (values.help) return 'help'
    if (values.before === undefined) throw wrongUse('Say before which day, with --before.', usage)
    const day = dayOption('before', values.before, usage)
    const keys = values.key.map((text) => keyOption('key', text, usage))
    const folder = resolve(values.out)
    await checkFolder(folder)
    return withKeeping(io, openKeeping, authorOf(values), async (keeping) => {
      const done = await keeping.archive({ day, folder, keys, tell: (line) => io.out(line) })
      if (done)
        io.out(`Archived: ${done.files.length} files, days before ${day} are out of the database.`)
      else io.out(`Nothing to archive before ${day}.`)
      return 0
    })
  })
}
