import { readFile, writeFile } from 'node:fs/promises'
import { runCommandLine } from '../src/cli/command-line.js'
import { loadConfig } from '../src/config/config.js'
import { brokerNamed } from './demo-broker.js'
import { busConfigIn, busDirectoryIn } from './demo-bus.js'

/** What a command said, and its exit code. */
export interface CommandOutcome {
  readonly exitCode: number
  readonly out: readonly string[]
  readonly err: readonly string[]
}

/** `sluice …` as an operator types it. */
export type SluiceCommand = (...args: readonly string[]) => Promise<CommandOutcome>

/** The command line on the node of a demo. */
export function sluiceCommandIn(folder: string): SluiceCommand {
  const directory = busDirectoryIn(folder)
  const unset = { databaseUrl: undefined, migrationUrl: undefined }
  const config = (): ReturnType<typeof loadConfig> =>
    loadConfig(
      {
        ...{ configFile: busConfigIn(folder), directory, ...unset },
        ...{ port: undefined, host: undefined, soapPort: undefined },
        ...{ managementPort: undefined, adminPort: undefined },
        ...{
          workers: 1,
          logLevel: undefined,
          ...brokerNamed(),
        },
      },
      1,
    )
  return async (...args) => {
    const out: string[] = []
    const err: string[] = []
    const exitCode = await runCommandLine(args, {
      io: {
        out: (line) => void out.push(...line.split('\n')),
        err: (line) => void err.push(...line.split('\n')),
        write: () => undefined,
        readFile: (path) => readFile(path),
      },
      config: () => Promise.resolve(config()),
      place: () => Promise.resolve({ directory, ...unset, keys: config().keys }),
      // What an earlier demo exported under this name is of no more use.
      writeNew: (path, content) => writeFile(path, content, { mode: 0o600 }),
      version: () => Promise.resolve('of the demo'),
      stop: () => new AbortController().signal,
    })
    return { exitCode, out, err }
  }
}
