import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  adminUser,
  privateVirtualHost,
  workerUser,
  type BrokerPasswords,
  type BrokerPorts,
} from './broker-files.js'

/** How the administrator of a private broker reaches it: secrets. */
export interface BrokerAddress {
  /** For AMQP. */
  readonly url: string
  /** For the management HTTP API. */
  readonly managementUrl: string
}

export interface BrokerAddresses extends BrokerAddress {
  /** For AMQP, as a worker. Its user is made by who starts the broker. */
  readonly workerUrl: string
}

/** Known before the broker runs. */
export function brokerAddresses(
  { amqp, management }: Pick<BrokerPorts, 'amqp' | 'management'>,
  { admin, worker }: BrokerPasswords,
): BrokerAddresses {
  const place = (user: string, password: string, port: number): string =>
    `${user}:${password}@127.0.0.1:${port}`
  return {
    url: `amqp://${place(adminUser, admin, amqp)}/${privateVirtualHost}`,
    managementUrl: `http://${place(adminUser, admin, management)}`,
    workerUrl: `amqp://${place(workerUser, worker, amqp)}/${privateVirtualHost}`,
  }
}

/**
 * Where a running bus says how its private broker is reached, so that the command line on the same machine finds it.
 * It holds the password, so only the bus's own user may read it.
 */
function addressFile(directory: string): string {
  return join(directory, 'broker.url')
}

export function announceBroker(directory: string, { url, managementUrl }: BrokerAddress): void {
  mkdirSync(directory, { recursive: true })
  rmSync(addressFile(directory), { force: true })
  writeFileSync(addressFile(directory), `${url}\n${managementUrl}\n`, { mode: 0o600 })
}

export function withdrawBroker(directory: string): void {
  rmSync(addressFile(directory), { force: true })
}

/** The address a bus announced; undefined where none did. It may be gone since. */
export function announcedBroker(directory: string): BrokerAddress | undefined {
  try {
    const [url, managementUrl] = readFileSync(addressFile(directory), 'utf8').split('\n')
    return url && managementUrl ? { url, managementUrl } : undefined
  } catch {
    return undefined
  }
}
