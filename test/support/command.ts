import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const outputBytesMax = 16_777_216

/** Runs a command of other people and gives what it wrote. @throws Error with its own words */
export async function command(
  name: string,
  args: readonly string[],
  cwd?: string,
): Promise<Buffer> {
  const { stdout } = await run(name, [...args], {
    encoding: 'buffer',
    maxBuffer: outputBytesMax,
    ...(cwd !== undefined && { cwd }),
  })
  return stdout
}

/** Those of these commands that this machine does not have. */
export async function missingCommands(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) =>
      command(name, [name === 'openssl' ? 'version' : '--version']).then(
        () => true,
        () => false,
      ),
    ),
  )
  return names.filter((_, index) => !found[index])
}
