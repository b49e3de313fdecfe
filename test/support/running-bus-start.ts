import { expect } from '@jest/globals'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { busProgram, type BusStart } from '../../demo/running-bus.js'
import { processesOf } from './running-bus-processes.js'
import type { BusField } from './running-bus.js'

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null
  /** Both streams, as they came. */
  readonly said: string
}

/** A bus while it runs that may never become ready; `startBus` is for those that do. */
export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when it says this; rejects when it ends without. */
  says(text: string): Promise<void>
}

/** An account of the operating system. */
export type Account = NonNullable<BusStart['account']>

const nobody = 65_534

/** Starts the bus as `npm start` does, in a group of processes of its own. */
export function startMain(
  environment: Readonly<Record<string, string>>,
  account?: Account,
): Started {
  const child = spawn(process.execPath, [busProgram], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownOf(process.env), ...environment },
    ...account,
  })
  let said = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      for (const listener of listeners) listener()
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }))
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (said.includes(text)) resolve()
      }
      listeners.add(look)
      void ended.then(() => reject(new Error(`it ended and never said "${text}":\n${said}`)))
      look()
    })
  return { child, ended, says }
}

/** Runs the command line, `npm run sluice -- …`, with this environment. */
export function sluice(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const program = join(dirname(busProgram), '../../bin/sluice.js')
  const env = { ...ownOf(process.env), ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })
}

/**
 * A start that has to fail in words: exit code 2, no stack, nothing left running.
 * @returns what it said
 */
export async function expectStartRefused(
  field: BusField,
  words: RegExp,
  environment: Readonly<Record<string, string>> = {},
  account?: Account,
): Promise<string> {
  const { code, said } = await startMain(field.environment(environment), account).ended
  expect(said).toMatch(words)
  expect(said).not.toMatch(/^\s+at /m)
  expect(code).toBe(2)
  expect(processesOf(field.folder)).toEqual([])
  return said
}

/** What a caller's shell or jest has set beside is not for a test's bus. */
function ownOf({ PATH, HOME, LANG, TMPDIR }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH, HOME, LANG, ...(TMPDIR !== undefined && { TMPDIR }) }
}

/**
 * An account that is not root, to start the bus under: `nobody` where root runs the tests, else
 * whoever does. Undefined where `nobody` cannot reach the project.
 */
export function ordinaryAccount(): Account | undefined {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (process.platform === 'win32') return undefined
  if (uid !== 0) return { uid, gid }
  return isOpen(busProgram) ? { uid: nobody, gid: nobody } : undefined
}

function isOpen(file: string): boolean {
  for (let path = file; ; path = dirname(path)) {
    const needed = path === file ? 0o004 : 0o001
    if ((statSync(path).mode & needed) === 0) return false
    if (path === dirname(path)) return true
  }
}
