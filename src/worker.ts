import { NestFactory } from '@nestjs/core'
import { BusModule } from './bus.module.js'
import { BusProcess } from './bus-process.js'
import type { WorkerInput } from './config/worker-input.js'
import { createSystemLog } from './monitoring/system-log.js'
import { isToWorker, type FromWorker } from './process/messages.js'

const stateEveryMs = 500

/** One worker process: builds the bus, opens its listeners, says so, and stops when told to. */
export async function runWorker(input: WorkerInput): Promise<void> {
  const log = createSystemLog(input.config.logLevel, { worker: process.pid })
  const app = await NestFactory.createApplicationContext(BusModule.forRoot(input, log), {
    logger: false,
    abortOnError: false,
  })
  const bus = app.get(BusProcess)
  tell({ type: 'sluice:ready', addresses: bus.addresses })
  const timer = setInterval(() => tell({ type: 'sluice:state', state: bus.state() }), stateEveryMs)
  tell({ type: 'sluice:state', state: bus.state() })

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    clearInterval(timer)
    app
      .close()
      .catch((error: unknown) => log.error({ err: error }, 'worker did not stop cleanly'))
      .finally(() => process.exit(0))
  }
  process.on('message', (message: unknown) => {
    if (isToWorker(message)) stop()
  })
  // A supervisor that is gone cannot stop us any more.
  process.on('disconnect', stop)
  process.on('SIGTERM', stop)
  // Ctrl-C reaches the whole terminal group; the supervisor stops its workers in order.
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message)
}
