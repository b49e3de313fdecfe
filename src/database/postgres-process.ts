import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isReachable, type PostgresAccount } from './postgres-account.js'

/** What the server's processes share: programs, folder and account. */
export interface ClusterPlace {
  /** Folder with `bin`, `lib` and `share`. */
  readonly home: string
  readonly clusterDir: string
  readonly account: PostgresAccount | undefined
}

/** A PostgreSQL server that answers. */
export interface RunningServer {
  readonly port: number
  readonly child: ChildProcess
}

/** Server settings by name, as in postgresql.conf. */
export type ServerSettings = Readonly<Record<string, string>>

/** The start of the server failed; `lines` is what it said. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(`PostgreSQL did not start: ${lines.slice(-5).join(' / ') || 'it said nothing'}`)
    this.lines = lines
  }

  /** Whether a second try may help: the port was taken meanwhile, or an old backend is just ending. */
  get isPassing(): boolean {
    return this.lines.some((line) => /could not bind|in use|still exists/i.test(line))
  }
}

// What the bus promises about durability, said rather than left to defaults.
const ownSettings: ServerSettings = {
  listen_addresses: '127.0.0.1',
  // The cluster's own folder, which its account alone may enter; relative, so it is never too long.
  unix_socket_directories: process.platform === 'win32' ? '' : '.',
  unix_socket_permissions: '0700',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  // Each checkpoint makes the log hold whole pages again, a third more work; by default they come every
  // minute under load. After a crash there is more to replay, some ten seconds.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // Else the system writes what has gathered in half a minute at once, and commits wait behind it.
  backend_flush_after: '256kB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  // Values of rows and statements never reach a log line: they may be personal data.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}

/** How to start one of the server's programs in the cluster's folder, under its account. */
export async function programOptions(
  place: ClusterPlace,
): Promise<{ options: SpawnOptions; folder: string }> {
  const { account, clusterDir } = place
  // An account that cannot walk down to the cluster, because a folder above is private to root,
  // still stands in it: the working folder is entered before the account is changed.
  const isBlocked =
    account && process.platform === 'linux' && !(await isReachable(clusterDir, account))
  return {
    folder: isBlocked ? '/proc/self/cwd' : clusterDir,
    options: {
      cwd: clusterDir,
      // Windows programs need variables of the system to run at all.
      ...(process.platform === 'win32' ? {} : { env: cleanEnvironment }),
      // Ctrl-C in a terminal goes to the whole process group; the bus needs its database to the end.
      detached: true,
      windowsHide: true,
      ...(account ?? {}),
    },
  }
}

/** Inherited variables such as PGDATA, PGOPTIONS or LD_LIBRARY_PATH would change what the server does. */
const cleanEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** A port of the loopback interface that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address !== null && typeof address === 'object' ? address.port : 0
}

/**
 * Starts the server and waits until it says that it accepts connections.
 * @throws ServerStartError
 */
export async function startServer(
  place: ClusterPlace,
  wish: {
    readonly port?: number | undefined
    readonly settings?: ServerSettings | undefined
    readonly readyLimitMs: number
    readonly log?: ((line: string) => void) | undefined
  },
): Promise<RunningServer> {
  const port = wish.port ?? (await freePort())
  const { options, folder } = await programOptions(place)
  const settings = { ...ownSettings, port: String(port), ...wish.settings }
  const child = spawn(
    join(place.home, 'bin', 'postgres'),
    [
      '-D',
      folder,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await untilReady(child, wish.readyLimitMs, wish.log)
  return { port, child }
}

/** A standby accepts readers only. */
const readyLine = /ready to accept (read-only )?connections/

function untilReady(
  child: ChildProcess,
  readyLimitMs: number,
  log: ((line: string) => void) | undefined,
): Promise<void> {
  const lines: string[] = []
  let isReady = false
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new ServerStartError([...lines, `not ready within ${readyLimitMs} ms`]))
    }, readyLimitMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new ServerStartError([error.message]))
    })
    // `close` and not `exit`: by then the last lines, which say why, have been read.
    child.once('close', () => {
      clearTimeout(timer)
      reject(new ServerStartError(lines))
    })
    if (!child.stderr) return
    createInterface({ input: child.stderr }).on('line', (line) => {
      log?.(line)
      if (isReady) return
      lines.push(line)
      if (!readyLine.test(line)) return
      isReady = true
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Ends the server: an orderly stop that cuts open sessions, and force after the limit. */
export async function stopServer(child: ChildProcess, stopLimitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await ended
  clearTimeout(timer)
}
