import { Problem, type ProblemDetails } from '../admin/problem.js'
import { adminAdd, adminReset, adminRole, adminUnlock } from './admin-changes.js'
import { adminList } from './admin-list.js'
import {
  adminOptions,
  adminUsage,
  type AdminOptions,
  type AdminWork,
  type OpenAdministrators,
} from './admin-work.js'
import { authorOf, type Author } from './author.js'
import type { CommandIo } from './command-io.js'
import { parsedOptions, withUsage, wrongUse } from './command-usage.js'

const subcommands = {
  add: adminAdd,
  list: adminList,
  role: adminRole,
  reset: adminReset,
  unlock: adminUnlock,
} as const satisfies Record<string, (words: readonly string[], options: AdminOptions) => AdminWork>

/**
 * `sluice admin …`.
 * @param args - what follows `admin`
 * @returns exit code: 0 done, 1 refused or failed, 2 wrong use
 */
export function adminCommand(
  args: readonly string[],
  io: CommandIo,
  open: (author: Author) => Promise<OpenAdministrators>,
): Promise<number> {
  return withUsage(io, adminUsage, async () => {
    const { values, positionals } = parsedOptions(args, adminOptions, adminUsage)
    if (values.help) return 'help'
    const [sub = '', ...words] = positionals
    if (!isSubcommand(sub)) throw wrongUse('Say add, list, role, reset or unlock.', adminUsage)
    const work = subcommands[sub](words, values)
    if (sub !== 'list' && !values.reason?.trim()) {
      throw wrongUse('Say why with --reason.', adminUsage)
    }
    return carryOut(work, authorOf(values), io, open)
  })
}

async function carryOut(
  work: AdminWork,
  author: Author,
  io: CommandIo,
  open: (author: Author) => Promise<OpenAdministrators>,
): Promise<number> {
  let administrators: OpenAdministrators | undefined
  try {
    administrators = await open(author)
    await work(administrators, io)
    return 0
  } catch (error) {
    io.err(`Nothing was done: ${whyOf(error)}`)
    return 1
  } finally {
    await administrators?.close()
  }
}

function whyOf(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error)
  return `${error.message}${textOf(error.detail)}`
}

function textOf(detail: ProblemDetails['detail']): string {
  if (detail === undefined) return '.'
  return `: ${typeof detail === 'string' ? detail : detail.en}.`
}

function isSubcommand(word: string): word is keyof typeof subcommands {
  return Object.hasOwn(subcommands, word)
}
