import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '../src/process/start-trouble.js'

export interface BusStart {
  /** What the bus keeps its own files in. */
  readonly directory: string
  readonly configFile: string
  /** The built bus to run, this very one by default. */
  readonly program?: string
  /** 0 is any free port. */
  readonly port: number
  /** Of the SOAP lane, where the configuration has one. */
  readonly soapPort?: number
  readonly managementPort: number
  readonly workers?: number
  /** An external PostgreSQL; without it the bus starts its embedded one. */
  readonly databaseUrl?: string
  /** The login that owns its tables, where it is another. */
  readonly migrationUrl?: string
  /** The operating system's account it runs under; this process's own by default. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
  /** Gets every line of the bus's system log. */
  readonly onLine?: (line: string) => void
  readonly readyTimeoutMs?: number
  /** Calls the start off; it then fails once the bus has ended. */
  readonly stop?: AbortSignal
}

/**
 * A bus that runs as it runs for an operator: its own processes, its own database. It stops when
 * this process ends, however it ends: its channel to it closes.
 */
export interface RunningBus {
  readonly address: string
  /** The addresses of all lanes, in the order of the configuration; the first is `address`. */
  readonly addresses: readonly [string, ...string[]]
  readonly management: string
  /** Where the logs are read, if the configuration has that. */
  readonly logApi: string | undefined
  readonly child: ChildProcess
  /** Process ids of the workers at the start. */
  readonly workers: readonly number[]
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
  stop(): Promise<number | null>
}

interface ReadyLine {
  readonly msg: 'bus ready'
  readonly addresses: readonly [string, ...string[]]
  readonly management: string
  readonly logApi?: string
  readonly workers: readonly number[]
}

const readyTimeoutDefaultMs = 60_000
/** Lines of the bus that are given as the reason of a start that failed. */
const wordsMax = 20

const here = dirname(dirname(fileURLToPath(import.meta.url)))
/** The built bus: this file lies in `dist/demo`, or is run from its source beside `dist`. */
export const busProgram = here.endsWith('dist')
  ? join(here, 'src/main.js')
  : join(here, 'dist/src/main.js')

/**
 * Starts the bus as a child process and resolves when it is ready.
 * @throws StartError with the bus's own words when it ends before that
 */
export async function startBus(start: BusStart): Promise<RunningBus> {
  const child = spawn(process.execPath, ['--enable-source-maps', start.program ?? busProgram], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C is for this process; it stops the bus in its own order.
    detached: true,
    env: environmentOf(start),
    ...start.account,
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const callOff = (): void => void child.kill('SIGTERM')
  start.stop?.addEventListener('abort', callOff)
  void ended.then(() => start.stop?.removeEventListener('abort', callOff))
  if (start.stop?.aborted) callOff()
  const ready = await waitUntilReady(child, start)
  return {
    address: ready.addresses[0],
    addresses: ready.addresses,
    management: ready.management,
    logApi: ready.logApi,
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
  delete environment['DATABASE_MIGRATION_URL']
  delete environment['SLUICE_SOAP_PORT']
  delete environment['SLUICE_ADMIN_PORT']
  return {
    ...environment,
    SLUICE_CONFIG: start.configFile,
    SLUICE_VAR: start.directory,
    SLUICE_PORT: String(start.port),
    SLUICE_MANAGEMENT_PORT: String(start.managementPort),
    LOG_LEVEL: 'info',
    ...(start.soapPort !== undefined && { SLUICE_SOAP_PORT: String(start.soapPort) }),
    ...(start.workers !== undefined && { SLUICE_WORKERS: String(start.workers) }),
    ...(start.databaseUrl !== undefined && { DATABASE_URL: start.databaseUrl }),
    ...(start.migrationUrl !== undefined && { DATABASE_MIGRATION_URL: start.migrationUrl }),
  }
}

function waitUntilReady(
  child: ChildProcess,
  { onLine, readyTimeoutMs = readyTimeoutDefaultMs }: BusStart,
): Promise<ReadyLine> {
  const words: string[] = []
  const wordsToPerson: string[] = []
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGTERM')
    }, readyTimeoutMs)
    // `close` and not `exit`: by then the last lines, which say why, have been read.
    child.once('close', (code) => {
      clearTimeout(timer)
      if (code === 2) reject(new StartError({ text: wordsToPerson.join('\n'), exitCode: 2 }))
      const why = isLate ? 'was not ready in time' : `ended with code ${code ?? 'none'}`
      reject(new StartError({ text: [`the bus ${why}`, ...words].join('\n'), exitCode: 1 }))
    })
    const hear = (stream: Readable | null, hearLine: (line: string) => void): void => {
      if (stream === null) return
      createInterface({ input: stream }).on('line', (line) => {
        onLine?.(line)
        keep(words, line)
        hearLine(line)
      })
    }
    hear(child.stderr, (line) => keep(wordsToPerson, line))
    hear(child.stdout, (line) => {
      const ready = readyLineOf(line)
      if (!ready) return
      clearTimeout(timer)
      resolve(ready)
    })
  })
}

function keep(words: string[], line: string): void {
  if (words.push(line) > wordsMax) words.shift()
}

function readyLineOf(line: string): ReadyLine | undefined {
  if (!line.includes('"bus ready"')) return undefined
  return JSON.parse(line) as ReadyLine
}
