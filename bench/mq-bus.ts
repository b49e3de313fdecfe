import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import { startBus, type RunningBus } from '../demo/running-bus.js'
import type { BrokerAddresses } from '../src/broker/broker-address.js'
import { ageDatabase, countEntries, ownDist, type EntryCount } from './bench-bus.js'
import { commandLine, registerMqParties, type MqParties } from './mq-parties.js'

/** A real bus on a broker, with the parties of the bench of queues in its registry. */
export interface MqBus {
  readonly running: RunningBus
  readonly parties: MqParties
  readonly busCertificatePem: string
  countEntries(): Promise<EntryCount>
  /** Waits until every entry has its place, then has the logs checked as an auditor does. @throws Error with what is wrong */
  verifyLogs(): Promise<void>
  stop(): Promise<void>
}

const settleMsMax = 120_000

/** @throws Error when the bus does not start or does not take the registry */
export async function startMqBus(
  folder: string,
  broker: BrokerAddresses,
  workers: number,
): Promise<MqBus> {
  const directory = join(folder, 'bus')
  mkdirSync(directory, { recursive: true })
  const configFile = writeConfig(folder, broker)
  const systemLog = createWriteStream(join(folder, 'bus.log'))
  const running = await startBus({
    ...{ directory, configFile, port: 0, managementPort: 0, workers },
    ...{ program: join(ownDist, 'src/main.js') },
    onLine: (line) => systemLog.write(`${line}\n`),
  })
  const command = commandLine(ownDist, environmentOf(directory, configFile))
  const stop = async (): Promise<void> => {
    await running.stop()
    systemLog.end()
  }
  try {
    const parties = await registerMqParties(folder, broker, command)
    await ageDatabase(directory)
    return {
      ...{ running, parties, stop },
      busCertificatePem: readFileSync(join(directory, 'identity/bus.pem'), 'utf8'),
      countEntries: () => countEntries(directory),
      verifyLogs: async () => {
        await settled(running)
        // Nothing wrong; without keys kept elsewhere not everything can be checked.
        await command(['log', 'verify'], 3)
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function writeConfig(folder: string, { url, managementUrl }: BrokerAddresses): string {
  const configFile = join(folder, 'bus.yaml')
  const adapters = { rest: {}, mq: {} }
  const config = { management: {}, broker: { url, managementUrl }, adapters }
  writeFileSync(configFile, stringify(config, { aliasDuplicateObjects: false }))
  return configFile
}

function environmentOf(directory: string, configFile: string): NodeJS.ProcessEnv {
  const environment = { ...process.env, SLUICE_VAR: directory, SLUICE_CONFIG: configFile }
  for (const name of [
    'DATABASE_URL',
    'DATABASE_MIGRATION_URL',
    'AMQP_URL',
    'AMQP_MANAGEMENT_URL',
  ]) {
    Reflect.deleteProperty(environment, name)
  }
  return environment
}

async function settled({ management }: RunningBus): Promise<void> {
  const until = Date.now() + settleMsMax
  for (;;) {
    const answer = await fetch(`${management}/metrics`)
    const waiting = /^sluice_log_unsequenced_entries (\d+)/m.exec(await answer.text())?.[1]
    if (waiting === '0') return
    if (Date.now() > until)
      throw new Error(`${waiting ?? 'unknown many'} entries have no place yet`)
    await pause(50)
  }
}
