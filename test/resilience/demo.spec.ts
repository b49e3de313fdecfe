import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { processesOf } from '../support/running-bus-processes.js'
import { eventually, killQuietly } from '../support/running-bus.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 180_000
const interruptedTimeoutMs = 120_000

/** The demo keeps its things below the folder it is started in; kept from one test to the next. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-test demo '))
  const launch = pathToFileURL(resolve('scripts/launch.js')).href
  await writeFile(
    join(folder, 'launcher.mjs'),
    `import { launch, withChannel } from '${launch}'
     launch(['--enable-source-maps', ${JSON.stringify(resolve('dist/demo/main.js'))}, ...process.argv.slice(2)], { stdio: withChannel })`,
  )
})

afterAll(async () => {
  for (const { pid } of processesOf(folder)) killQuietly(pid)
  await rm(folder, { recursive: true, force: true })
})

interface Demo {
  readonly process: ChildProcess
  readonly ended: Promise<unknown[]>
  /** What it has said so far, both ways. */
  said(): string
}

function startDemo(...args: string[]): Demo {
  let words = ''
  // Leader of its group, as what a terminal starts.
  const child = spawn(process.execPath, ['launcher.mjs', ...args], {
    ...{ cwd: folder, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (words += chunk.toString()))
  }
  return { process: child, ended: once(child, 'close'), said: () => words }
}

describe('npm run demo', () => {
  it(
    'kill -9 of its whole process group leaves nothing behind',
    async () => {
      const demo = startDemo()
      await eventually(() => demo.said().includes('The bus is up'), timeoutMs)
      expect(processesOf(folder).some(isPostgres)).toBe(true)

      const second = startDemo('--once')
      expect(await second.ended).toEqual([2, null])
      expect(second.said()).toContain('is in use by process')
      expect(second.said()).not.toMatch(/^ +at /m)

      process.kill(-(demo.process.pid ?? 0), 'SIGKILL')
      await eventually(() => processesOf(folder).length === 0)
    },
    timeoutMs,
  )

  it(
    'interrupted while its bus starts, it stops it first, and says by its exit code that it was',
    async () => {
      const demo = startDemo('--once')
      // The supervisor and a worker, which has only begun to load.
      await eventually(() => processesOf(folder).filter(isBus).length > 1, timeoutMs)
      demo.process.kill('SIGINT')
      expect(await demo.ended).toEqual([130, null])
      expect(processesOf(folder)).toEqual([])
    },
    // Below the time that workers have to drain: one that missed the word would take all of it.
    interruptedTimeoutMs,
  )

  it(
    'runs again on what the ones before left in their folder; refusals explain themselves',
    async () => {
      const demo = startDemo('--once')
      expect(await demo.ended).toEqual([0, null])
      expect(demo.said()).toContain('Everything went as it should.')
      expect(demo.said()).toContain(
        '     az: Sorğu imzalanmayıb. Sorğunu informasiya sisteminizin qeydiyyatdan keçmiş sertifikatı ilə imzalayın.\n' +
          '     en: Request not signed. Sign the request with the registered certificate of your information system.\n',
      )
      expect(processesOf(folder)).toEqual([])
    },
    timeoutMs,
  )
})

function isBus({ command }: { readonly command: string }): boolean {
  return command.includes('dist/src/main.js')
}

function isPostgres({ command }: { readonly command: string }): boolean {
  return command.includes('postgres')
}
