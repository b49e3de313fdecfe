import { describe } from '@jest/globals'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
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

/** Tools of other people, as scripts/foreign-tools.json tells of them. */
type ForeignTool =
  | 'bash'
  | 'curl'
  | 'openssl'
  | 'xmlsec1'
  | 'zeep'
  | 'php'
  | 'gsoap'
  | 'rabbitmq'
  | 'pika'
  | 'amqp-tools'
  | 'softhsm'
  | 'nginx'
  | 'opensc'
  | 'zip'
  | 'poppler-utils'

interface Probe {
  readonly probe: readonly [string, ...string[]]
  /** What it must say, if it must say something. */
  readonly answer?: string
}

/**
 * `describe` for tests that need these tools. Where one is missing they are skipped, and `npm test`
 * says so at its end; with CI set nothing is skipped, and they fail.
 */
export async function describeWith(
  ...names: readonly ForeignTool[]
): Promise<typeof describe.skip> {
  const isLeftOut = process.env['CI'] === undefined && !(await areThere(names))
  return isLeftOut ? describe.skip : describe
}

async function areThere(names: readonly ForeignTool[]): Promise<boolean> {
  const text = await readFile(join(process.cwd(), 'scripts/foreign-tools.json'), 'utf8')
  const tools = JSON.parse(text) as Record<ForeignTool, Probe>
  const found = await Promise.all(names.map((name) => isThere(tools[name])))
  return !found.includes(false)
}

async function isThere({ probe: [name, ...args], answer = '' }: Probe): Promise<boolean> {
  try {
    return new RegExp(answer, 'm').test((await command(name, args)).toString())
  } catch {
    return false
  }
}
