import 'reflect-metadata'
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { loadConfig } from './config/config.js'
import { ConfigError, readEnvironment } from './config/env.js'
import { loadIdentity } from './config/identity.js'
import { loadLogKeys } from './config/log-keys.js'
import { EmbeddedPostgresError } from './database/postgres-account.js'
import { createSystemLog } from './monitoring/system-log.js'
import { Supervisor } from './process/supervisor.js'
import { runWorker } from './worker.js'

/** `npm start`: the supervisor first; it starts this same file again for each worker. */
try {
  const environment = readEnvironment(process.env)
  const config = loadConfig(environment, availableParallelism())
  const identity = await loadIdentity(config)
  const logKeys = loadLogKeys(config)
  const { databaseUrl, migrationUrl } = environment
  if (cluster.isPrimary) {
    const log = createSystemLog(config.logLevel, { supervisor: process.pid })
    runSupervisor(
      await Supervisor.start({
        config,
        databaseUrl,
        migrationUrl,
        logKeys,
        log,
      }),
    )
  } else if (databaseUrl) {
    await runWorker({ config, databaseUrl, identity, logKeys })
  }
} catch (error) {
  // What a person can mend is said in a sentence; the rest keeps its stack.
  const plain = error instanceof ConfigError || error instanceof EmbeddedPostgresError
  process.stderr.write(`${plain ? error.message : describe(error)}\n`)
  process.exit(plain ? 2 : 1)
}

function runSupervisor(supervisor: Supervisor): void {
  let stopping = false
  const stop = (exitCode: number): void => {
    if (stopping) return
    stopping = true
    supervisor.stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        process.stderr.write(`${describe(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => stop(0))
  process.on('SIGINT', () => stop(0))
  process.on('SIGHUP', () => void supervisor.restartWorkers().catch(() => undefined))
  void supervisor.databaseEnded.then(() => stop(1))
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
