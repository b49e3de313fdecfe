import { availableParallelism } from 'node:os'
import { isatty } from 'node:tty'
import { loadConfig } from '../config/config.js'
import { readEnvironment } from '../config/env.js'
import { loadIdentity, loadRsaIdentity } from '../config/identity.js'
import { loadLogKeys, loadLogSigningKey } from '../config/log-keys.js'
import { loadTimestampSources } from '../config/timestamp-sources.js'
import { createSystemLog } from '../monitoring/system-log.js'
import { troubleOf } from './start-trouble.js'

/**
 * Runs one node until it is told to stop. `SIGTERM`, `SIGINT`, the end of whoever started the bus
 * with a channel to it, and the end of the terminal it runs in stop it; `SIGHUP` otherwise is a
 * rolling restart.
 * @returns the exit code
 */
export async function runNode(): Promise<number> {
  const { stop, restart } = listenForSignals()
  try {
    const environment = readEnvironment(process.env)
    const { databaseUrl, migrationUrl } = environment
    const config = loadConfig(environment, availableParallelism())
    // Made here, before there are workers that would make one each.
    await loadIdentity(config)
    await loadRsaIdentity(config)
    loadLogKeys(config)
    await loadTimestampSources(config)
    const logSigningKey = loadLogSigningKey(config)
    const log = createSystemLog(config.logLevel, { supervisor: process.pid })
    // Not before it is wanted: a start that the configuration ends has no use for the half of all modules.
    const { Supervisor } = await import('./supervisor.js')
    const input = { config, databaseUrl, migrationUrl, logSigningKey, log }
    const supervisor = await Supervisor.start(input, stop)
    restart(() => void supervisor.restartWorkers())
    await aborted(stop)
    return (await supervisor.stop()) ? 0 : 1
  } catch (error) {
    if (stop.aborted && error === stop.reason) return 0
    const { text, exitCode } = troubleOf(error)
    process.stderr.write(`${text}\n`)
    return exitCode
  }
}

/** Heard from the first moment on, so that a start that is called off leaves nothing behind. */
function listenForSignals(): {
  readonly stop: AbortSignal
  readonly restart: (work: () => void) => void
} {
  const stopping = new AbortController()
  let restart: () => void = () => undefined
  const stop = (): void => stopping.abort()
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)
  // There was a channel, and it is closed already.
  if ('connected' in process && !process.connected) stop()
  const hadTerminal = isatty(0)
  process.on('SIGHUP', () => {
    if (hadTerminal && !isatty(0)) stop()
    else restart()
  })
  return { stop: stopping.signal, restart: (work) => (restart = work) }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}
