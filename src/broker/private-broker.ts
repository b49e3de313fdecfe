import type { ChildProcess } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { FolderClaimError } from '../folder-claim/folder-claim-error.js'
import { claimFolder } from '../folder-claim/folder-claim.js'
import { privateBrokerLimits } from '../limits/queues.js'
import { BrokerError } from './broker-error.js'
import {
  brokerEnvironment,
  keptPasswords,
  layBrokerFiles,
  type BrokerPorts,
} from './broker-files.js'
import { brokerAddresses, type BrokerAddresses } from './broker-address.js'
import { forgetProcesses, recordProcesses, stopOrphans } from './broker-orphan.js'
import {
  BrokerStartError,
  endChild,
  freePorts,
  killGroup,
  spawnIn,
  untilReady,
} from './broker-process.js'
import { findBrokerPrograms, type BrokerPrograms } from './broker-programs.js'

export interface PrivateBrokerOptions {
  /** Folder of the broker: its data, its secrets and a record of who runs it. */
  readonly dataDir: string
  /** Largest body of a message that it takes. */
  readonly messageBytesMax: number
  /** Gets each line the server writes to its log; messages are not in them. */
  readonly log?: (line: string) => void
  /** Fixed ports of 127.0.0.1; otherwise free ones are taken at every start. */
  readonly ports?: Pick<BrokerPorts, 'amqp' | 'management'>
  /** Calls a start off; one that has come up is stopped by `stop`. */
  readonly signal?: AbortSignal
}

export interface PrivateBroker extends BrokerAddresses {
  readonly ports: Pick<BrokerPorts, 'amqp' | 'management'>
  /** Of the server. */
  readonly pid: number
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Stops the server and gives the folder back. May be called twice. */
  stop(): Promise<void>
}

const attemptsMax = 5
const retryPauseMs = 100

/**
 * Starts a real RabbitMQ of this process's own, for the newcomer and the small authority. It listens on 127.0.0.1 only
 * and keeps its queues in its folder, through `kill -9` too.
 *
 * It ends with `stop()`, and by a signal when this process ends in an orderly way without. If this process is killed
 * outright, RabbitMQ stays; the next start on the same folder stops it first.
 * @throws BrokerError in words for the person who started the bus
 */
export async function startPrivateBroker(options: PrivateBrokerOptions): Promise<PrivateBroker> {
  options.signal?.throwIfAborted()
  const folder = resolve(options.dataDir)
  const programs = await findBrokerPrograms()
  const release = await claim(folder)
  try {
    await stopOrphans(folder, privateBrokerLimits.stopMsMax)
    return await startPatiently(folder, programs, options, release)
  } catch (error) {
    await release()
    throw error
  }
}

async function claim(folder: string): Promise<() => Promise<void>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return await claimFolder(folder, { earlier: { name: 'launcher', holderOf: () => undefined } })
  } catch (error) {
    const why =
      error instanceof FolderClaimError
        ? error.message
        : `${folder}: this user may not write there (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`
    throw new BrokerError(`The private broker cannot use its folder: ${why}.`, { cause: error })
  }
}

async function startPatiently(
  folder: string,
  programs: BrokerPrograms,
  options: PrivateBrokerOptions,
  release: () => Promise<void>,
): Promise<PrivateBroker> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(folder, programs, options, release)
    } catch (error) {
      if (!(error instanceof BrokerStartError)) throw error
      if (!error.isPassing || attempt === attemptsMax) {
        throw new BrokerError(error.message, { cause: error })
      }
      await pause(attempt * retryPauseMs)
    }
  }
}

async function startOnce(
  folder: string,
  programs: BrokerPrograms,
  { ports: fixed, messageBytesMax, log, signal }: PrivateBrokerOptions,
  release: () => Promise<void>,
): Promise<PrivateBroker> {
  const [amqp = 0, management = 0, distribution = 0, portMapper = 0] = await freePorts(4)
  const ports = { amqp, management, distribution, portMapper, ...fixed }
  await layBrokerFiles(folder, ports, messageBytesMax)
  const env = brokerEnvironment(folder, ports, programs)
  // One of our own, that ends with the broker: RabbitMQ would start a daemon that nobody ends.
  const mapper = spawnIn({ file: programs.epmd, args: [], folder, env })
  mapper.on('error', () => undefined)
  const server = spawnIn({ file: programs.server, args: [], folder, env })
  // An orderly stop is for one that is up: while it boots it hears of none, and nobody has given it anything yet.
  const giveUp = (): void => killGroup(server)
  signal?.addEventListener('abort', giveUp, { once: true })
  process.once('exit', giveUp)
  try {
    signal?.throwIfAborted()
    await recordProcesses(
      folder,
      [server.pid, mapper.pid].filter((pid) => pid !== undefined),
    )
    await untilReady(server, privateBrokerLimits.readyMsMax, log)
  } catch (error) {
    killGroup(server)
    await endBoth(folder, server, mapper)
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
    process.removeListener('exit', giveUp)
  }
  return {
    ...brokerAddresses(ports, await keptPasswords(folder)),
    ports: { amqp: ports.amqp, management: ports.management },
    ...running(folder, server, mapper, release),
  }
}

function running(
  folder: string,
  server: ChildProcess,
  mapper: ChildProcess,
  release: () => Promise<void>,
): Pick<PrivateBroker, 'pid' | 'ended' | 'stop'> {
  const signalOnExit = (): void => {
    server.kill('SIGTERM')
    mapper.kill('SIGTERM')
  }
  process.once('exit', signalOnExit)
  const ended = new Promise<void>((resolve) => {
    if (server.exitCode !== null || server.signalCode !== null) resolve()
    else server.once('exit', () => resolve())
  }).then(() => void process.removeListener('exit', signalOnExit))
  return {
    pid: server.pid ?? 0,
    ended,
    async stop() {
      await endBoth(folder, server, mapper)
      await ended
      await release()
    },
  }
}

// The broker takes leave of its port mapper, so that one ends last.
async function endBoth(folder: string, server: ChildProcess, mapper: ChildProcess): Promise<void> {
  await endChild(server, privateBrokerLimits.stopMsMax)
  await endChild(mapper, privateBrokerLimits.stopMsMax)
  await forgetProcesses(folder)
}
