import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError, type CommandIo } from './command-io.js'

/** Options as given; the usage stands below what is wrong with them. @throws UsageError */
export function parsedOptions<const Config extends ParseArgsConfig>(
  args: readonly string[],
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs({ ...config, args: [...args] }) as ReturnType<typeof parseArgs<Config>>
  } catch (error) {
    throw wrongUse((error as Error).message, usage)
  }
}

export function wrongUse(reason: string, usage: string): UsageError {
  return new UsageError(`${reason}\n\n${usage}`)
}

/** Says what a command is for, or why it was called wrongly. */
export async function withUsage(
  io: CommandIo,
  usage: string,
  work: () => Promise<number | 'help'>,
): Promise<number> {
  try {
    const code = await work()
    if (code !== 'help') return code
    io.out(usage)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(error.message)
    return 2
  }
}
