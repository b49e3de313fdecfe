import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface BusStart {
  /** What the bus keeps its own files in. */
  readonly directory: string
  readonly configFile: string
  /** 0 is any free port. */
  readonly port: number
  readonly managementPort: number
  readonly workers?: number
  /** An external PostgreSQL; without it the bus starts its embedded one. */
  readonly databaseUrl?: string
  /** Gets every line of the bus's system log. */
  readonly onLine?: (line: string) => void
  readonly readyTimeoutMs?: number
}

/** A bus that runs as it runs for an operator: its own processes, its own database. */
export interface RunningBus {
  readonly address: string
  readonly management: string
  readonly child: ChildProcess
  /** Process ids of the workers at the start. */
  readonly workers: readonly number[]
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
  stop(): Promise<number | null>
}

interface ReadyLine {
  readonly msg: 'bus ready'
  readonly addresses: readonly [string]
  readonly management: string
  readonly workers: readonly number[]
}

const readyTimeoutDefaultMs = 60_000

/** The built tree: this file lies in `dist/demo`, or is run from its source beside `dist`. */
const here = dirname(dirname(fileURLToPath(import.meta.url)))
const main = here.endsWith('dist') ? join(here, 'src/main.js') : join(here, 'dist/src/main.js')

/**
 * Starts the bus as a child process and resolves when it is ready.
 * @throws Error with the bus's own words when it ends before that
 */
export async function startBus(start: BusStart): Promise<RunningBus> {
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the demo; it stops the bus in its own order.
    detached: true,
    env: environmentOf(start),
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const stopOnExit = (): void => void child.kill('SIGTERM')
  process.once('exit', stopOnExit)
  void ended.then(() => process.off('exit', stopOnExit))
  const ready = await waitUntilReady(child, ended, start)
  return {
    address: ready.addresses[0],
    management: ready.management,
    workers: ready.workers,
    child,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

function environmentOf(start: BusStart): NodeJS.ProcessEnv {
  const environment = { ...process.env }
  // A database of the caller's own is not for this bus unless it is named.
  delete environment['DATABASE_URL']
  return {
    ...environment,
    SLUICE_CONFIG: start.configFile,
    SLUICE_VAR: start.directory,
    SLUICE_PORT: String(start.port),
    SLUICE_MANAGEMENT_PORT: String(start.managementPort),
    LOG_LEVEL: 'info',
    ...(start.workers !== undefined && { SLUICE_WORKERS: String(start.workers) }),
    ...(start.databaseUrl !== undefined && { DATABASE_URL: start.databaseUrl }),
  }
}

function waitUntilReady(
  child: ChildProcess,
  ended: Promise<number | null>,
  { onLine, readyTimeoutMs = readyTimeoutDefaultMs }: BusStart,
): Promise<ReadyLine> {
  const words: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the bus ${why}\n${words.slice(-20).join('\n')}`))
    }
    const timer = setTimeout(() => fail('was not ready in time'), readyTimeoutMs)
    void ended.then((code) => fail(`ended with code ${code ?? 'none'}`))
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        onLine?.(line)
        words.push(line)
        if (words.length > 100) words.shift()
        const ready = readyLineOf(line)
        if (!ready) return
        clearTimeout(timer)
        resolve(ready)
      })
    }
  })
}

function readyLineOf(line: string): ReadyLine | undefined {
  if (!line.includes('"bus ready"')) return undefined
  return JSON.parse(line) as ReadyLine
}
