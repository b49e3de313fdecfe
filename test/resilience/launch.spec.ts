import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { childrenOf, processesOf } from '../support/running-bus-processes.js'
import { eventually, killQuietly } from '../support/running-bus.js'

const timeoutMs = 60_000

const fileUrl = (path: string): string => pathToFileURL(resolve(path)).href

/** Says what it hears, and ends on what ends a bus. */
const program = `
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => { console.log('heard', signal); process.exit(7) })
}
process.on('disconnect', () => { console.log('heard the channel close'); process.exit(7) })
setInterval(() => undefined, 60_000)
console.log('up')
`

const launcher = `
import { launch, withChannel } from '${fileUrl('scripts/launch.js')}'
launch(['program.mjs'], { stdio: withChannel })
`

let folder: string
let said: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test launch '))
  await writeFile(join(folder, 'program.mjs'), program)
  await writeFile(join(folder, 'launcher.mjs'), launcher)
  await writeFile(join(folder, 'package.json'), '{"scripts":{"start":"node launcher.mjs"}}')
})

afterEach(async () => {
  for (const { pid } of processesOf(folder)) killQuietly(pid)
  await rm(folder, { recursive: true, force: true })
})

interface Started {
  readonly pid: number
  /** Resolves with exit code and signal, once nobody holds its output any more. */
  readonly ended: Promise<unknown[]>
}

/** Starts a command in the folder, and resolves once the program is up. */
async function start(command: string, ...args: string[]): Promise<Started> {
  said = ''
  const env = { ...process.env }
  // As from a terminal, and not as a part of the npm that runs the tests.
  delete env['npm_lifecycle_event']
  const child = spawn(command, args, {
    ...{ cwd: folder, env, detached: true },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'close')
  await eventually(() => said.includes('up\n'))
  return { pid: child.pid ?? 0, ended }
}

describe('scripts/launch.js', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
    // A terminal that is closed; a rolling restart is asked of the bus itself.
    ['SIGHUP', 'SIGTERM'],
  ] as const)(
    '%s to it alone reaches the program as %s, and it ends as the program ends',
    async (sent, heard) => {
      const { pid, ended } = await start(process.execPath, 'launcher.mjs')
      process.kill(pid, sent)
      expect(await ended).toEqual([7, null])
      expect(said).toBe(`up\nheard ${heard}\n`)
    },
    timeoutMs,
  )

  it(
    'tells how a signal ended the program',
    async () => {
      const { pid, ended } = await start(process.execPath, 'launcher.mjs')
      for (const child of childrenOf(pid)) killQuietly(child)
      expect(await ended).toEqual([137, null])
    },
    timeoutMs,
  )

  it(
    'killed outright, it takes the program with it',
    async () => {
      const { pid, ended } = await start(process.execPath, 'launcher.mjs')
      process.kill(pid, 'SIGKILL')
      await ended
      expect(processesOf(folder)).toEqual([])
      expect(said).toBe('up\nheard the channel close\n')
    },
    timeoutMs,
  )

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    '%s to npm alone, which passes nothing on, stops the program',
    async (signal) => {
      const { pid, ended } = await start('npm', 'start', '--silent')
      process.kill(pid, signal)
      await ended
      expect(processesOf(folder)).toEqual([])
      expect(said).toBe('up\nheard SIGTERM\n')
    },
    timeoutMs,
  )
})

describe('scripts/end-children.js, in jest and its workers', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'on %s ends what a test has started in a process group of its own',
    async (signal) => {
      await writeFile(
        join(folder, 'test.mjs'),
        `import { spawn } from 'node:child_process'
         spawn(process.execPath, ['program.mjs'], { detached: true, stdio: 'inherit' })`,
      )
      const hook = `--import=${fileUrl('scripts/end-children.js')}`
      const { pid, ended } = await start(process.execPath, hook, 'test.mjs')
      process.kill(pid, signal)
      await ended
      expect(processesOf(folder)).toEqual([])
      expect(said).toBe('up\nheard SIGINT\n')
    },
    timeoutMs,
  )
})
