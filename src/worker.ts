import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { NestFactory } from '@nestjs/core'
import { BusModule } from './bus.module.js'
import { BusProcess } from './bus-process.js'
import { loadConfig } from './config/config.js'
import { ConfigError, readEnvironment } from './config/env.js'
import { loadIdentity, loadRsaIdentity } from './config/identity.js'
import { loadLogKeys } from './config/log-keys.js'
import type { WorkerInput } from './config/worker-input.js'
import { workerBufferSlabBytes, workerHeapGrowthPercent } from './limits/processes.js'
import { createSystemLog } from './monitoring/system-log.js'
import { isToWorker, type FromWorker } from './process/messages.js'
import { troubleOf } from './process/start-trouble.js'
import { untilStopped } from './process/until-stopped.js'

const stateEveryMs = 500

/**
 * One worker process: builds the bus, opens its listeners, says so, and stops when told to.
 * @returns the exit code
 */
export async function runWorker(): Promise<number> {
  // V8 collects the whole heap, 40 MB, again when it has grown by a third: each second at half load, and
  // each time every exchange in progress waits for 10 ms.
  setFlagsFromString(`--heap-growing-percent=${workerHeapGrowthPercent}`)
  // Node's own slabs, of 8 KiB, hold what three or four steps of an exchange allocate.
  Buffer.poolSize = workerBufferSlabBytes
  const stop = listenForStop()
  try {
    const input = await loadInput()
    const app = await untilStopped(open(input), stop)
    await serve(app.get(BusProcess), stop)
    setTimeout(() => process.exit(1), input.config.limits.drainTimeoutMs).unref()
    const log = logOf(input)
    await app
      .close()
      .catch((error: unknown) => log.error({ err: error }, 'worker did not stop cleanly'))
    return 0
  } catch (error) {
    // Nothing has been accepted yet.
    if (stop.aborted) return 0
    const trouble = troubleOf(error)
    await tell({ type: 'sluice:failed', trouble })
    return trouble.exitCode
  }
}

async function loadInput(): Promise<WorkerInput> {
  const environment = readEnvironment(process.env)
  const { databaseUrl } = environment
  if (!databaseUrl) throw new ConfigError('A worker needs the DATABASE_URL its supervisor gives it')
  const config = loadConfig(environment, availableParallelism())
  const identity = await loadIdentity(config)
  const rsaIdentity = await loadRsaIdentity(config)
  return { config, databaseUrl, identity, rsaIdentity, logKeys: loadLogKeys(config) }
}

/** Heard from the first moment on: a worker must not outlive its supervisor, nor die of Ctrl-C. */
function listenForStop(): AbortSignal {
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.on('message', (message: unknown) => {
    if (isToWorker(message)) stop()
  })
  // A supervisor that is gone cannot stop us any more.
  process.on('disconnect', stop)
  // Otherwise Node ends us at once then, in the middle of exchanges.
  if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
  if (!process.connected) stop()
  process.on('SIGTERM', stop)
  // Ctrl-C reaches the whole terminal group; the supervisor stops its workers in order.
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
  return stopping.signal
}

function open(input: WorkerInput): ReturnType<typeof NestFactory.createApplicationContext> {
  return NestFactory.createApplicationContext(BusModule.forRoot(input, logOf(input)), {
    logger: false,
    abortOnError: false,
  })
}

function logOf({ config }: WorkerInput): ReturnType<typeof createSystemLog> {
  return createSystemLog(config.logLevel, { worker: process.pid })
}

/** Tells the supervisor how this process is, until it has to stop. */
async function serve(bus: BusProcess, stop: AbortSignal): Promise<void> {
  const report = async (): Promise<void> =>
    tell({ type: 'sluice:state', state: bus.state(), metrics: await bus.metrics() })
  await report()
  await tell({ type: 'sluice:ready', addresses: bus.addresses })
  const timer = setInterval(() => void report(), stateEveryMs)
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve())
  })
  clearInterval(timer)
}

/** Resolves when the message is on its way, or cannot be sent any more. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) resolve()
    else process.send(message, () => resolve())
  })
}
