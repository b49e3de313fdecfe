import { describe } from '@jest/globals'
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

/**
 * `describe` for tests that need these commands. Where one is missing they are skipped, and `npm
 * test` says so at its end; with CI set nothing is skipped, and they fail.
 */
export async function describeWith(...names: readonly string[]): Promise<typeof describe.skip> {
  const isLeftOut = process.env['CI'] === undefined && (await missingCommands(names)).length > 0
  return isLeftOut ? describe.skip : describe
}

async function missingCommands(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map(isThere))
  return names.filter((_, index) => !found[index])
}

/** OpenSSL signs with Ed25519 from 3.0 on; what macOS calls openssl is LibreSSL, and does not. */
async function isThere(name: string): Promise<boolean> {
  try {
    if (name !== 'openssl') return (await command(name, ['--version'])).length > 0
    return /^OpenSSL ([3-9]|\d\d)\./.test((await command(name, ['version'])).toString())
  } catch {
    return false
  }
}
