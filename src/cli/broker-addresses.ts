import { announcedBroker } from '../broker/broker-address.js'
import { BrokerError } from '../broker/broker-error.js'
import type { Config } from '../config/config.js'
import { Secret } from '../config/secrets.js'

/** How a command reaches the broker as the bus's operator does. */
export interface BrokerAddresses {
  readonly url: Secret<string>
  /** Undefined where only that of AMQP is named. */
  readonly managementUrl: Secret<string> | undefined
}

/**
 * The broker of the configuration, or the private one of the bus that runs in its folder.
 * @throws BrokerError where there is none
 */
export function brokerAddressesOf({
  broker,
  directory,
}: Pick<Config, 'broker' | 'directory'>): BrokerAddresses {
  if (broker?.url) return { url: broker.url, managementUrl: broker.managementUrl }
  const own = announcedBroker(directory)
  if (own) return { url: new Secret(own.url), managementUrl: new Secret(own.managementUrl) }
  throw new BrokerError(
    `no broker is named in AMQP_URL, and no bus with a private one runs in ${directory}`,
  )
}
