import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { claimDataFolder } from './claim-data-folder.js'
import { chooseAccount, EmbeddedPostgresError } from './postgres-account.js'
import { findBinaries, reachableBinaries } from './postgres-binaries.js'
import { clusterUser, ensureCluster } from './postgres-cluster.js'
import { stopOrphan } from './postgres-orphan.js'
import {
  ServerStartError,
  startServer,
  stopServer,
  type ClusterPlace,
  type RunningServer,
  type ServerSettings,
} from './postgres-process.js'

export interface EmbeddedPostgresOptions {
  /** Folder of the embedded database: its cluster, its password and a record of who runs it. */
  readonly dataDir: string
  /** Gets each line the server writes to its log; values of rows are not in them. */
  readonly log?: (line: string) => void
  /** A fixed port of 127.0.0.1; otherwise a free one is taken at every start. */
  readonly port?: number
  /** Server settings over our own; for tests. */
  readonly settings?: ServerSettings
  /** How long an orderly stop may take before force is used, milliseconds. */
  readonly stopLimitMs?: number
}

export interface EmbeddedPostgres {
  /** Connection address of the owner, password included: a secret. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Stops the server and gives the folder back. May be called twice. */
  stop(): Promise<void>
}

const readyLimitMs = 120_000
const stopLimitMsDefault = 10_000
const attemptsMax = 5
const retryPauseMs = 100

/**
 * Starts a real PostgreSQL of this process's own, for the newcomer and the small authority. It
 * listens on 127.0.0.1 only and is as durable as any other: fsync is on.
 *
 * It ends with `stop()`, and by a signal when this process ends in an orderly way without. If this
 * process is killed outright, PostgreSQL stays; the next start on the same folder stops it first.
 * @throws EmbeddedPostgresError in words for the person who started the bus
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const clusterDir = join(dataDir, 'cluster')
  const stopLimitMs = options.stopLimitMs ?? stopLimitMsDefault
  const found = await findBinaries()
  const release = await claim(dataDir)
  try {
    await stopOrphan(clusterDir, stopLimitMs)
    const account = await chooseAccount(clusterDir)
    const { home } = await reachableBinaries(found, account)
    const place: ClusterPlace = { home, clusterDir, account }
    const password = await ensureCluster(dataDir, place, found.major)
    const server = await startPatiently(place, options)
    const url = addressOf(server.port, password, clusterDir)
    return running(server, url, release, stopLimitMs)
  } catch (error) {
    await release()
    throw error
  }
}

async function claim(dataDir: string): Promise<() => Promise<void>> {
  try {
    await mkdir(dataDir, { recursive: true })
    return await claimDataFolder(dataDir)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
    throw new EmbeddedPostgresError(
      `The embedded database cannot use ${dataDir}: this user may not write there. If another user made it, run as that user or choose another folder.`,
      { cause: error },
    )
  }
}

async function startPatiently(
  place: ClusterPlace,
  options: EmbeddedPostgresOptions,
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { port, settings, log } = options
      return await startServer(place, { port, settings, log, readyLimitMs })
    } catch (error) {
      if (!(error instanceof ServerStartError)) throw error
      if (!error.isPassing || attempt === attemptsMax) {
        throw new EmbeddedPostgresError(error.message, { cause: error })
      }
      await pause(attempt * retryPauseMs)
    }
  }
}

/** Longest path of a Unix socket that every system takes, bytes. */
const socketPathBytesMax = 103

/**
 * By the server's Unix socket where there is one: what the log writes for one exchange costs both sides
 * a tenth less than over loopback TCP. Host and port still say where TCP finds it.
 */
function addressOf(port: number, password: string, clusterDir: string): string {
  const url = new URL(`postgres://${clusterUser}:${password}@127.0.0.1:${port}/postgres`)
  const socket = join(clusterDir, `.s.PGSQL.${port}`)
  const hasSocket = process.platform !== 'win32' && Buffer.byteLength(socket) <= socketPathBytesMax
  if (hasSocket) url.searchParams.set('host', clusterDir)
  // A form's plus sign for a space is read by the driver, and by no other client.
  return url.href.replaceAll('+', '%20')
}

function running(
  { child, port }: RunningServer,
  url: string,
  release: () => Promise<void>,
  stopLimitMs: number,
): EmbeddedPostgres {
  const signalOnExit = (): void => void child.kill('SIGINT')
  process.once('exit', signalOnExit)
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  }).then(() => void process.removeListener('exit', signalOnExit))
  return {
    url,
    port,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      await stopServer(child, stopLimitMs)
      await ended
      await release()
    },
  }
}
