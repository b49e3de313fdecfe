import { randomBytes } from 'node:crypto'
import { recordAct } from '../audit-log/audit-log.store.js'
import { BrokerError } from '../broker/broker-error.js'
import { BrokerManagement } from '../broker/management.js'
import { brokerNameOf } from '../broker/names.js'
import { renewUser } from '../broker/user-rights.js'
import type { Config } from '../config/config.js'
import type { Secret } from '../config/secrets.js'
import { activeOwners } from '../registry/queue-owners.js'
import { readRegistry } from '../registry/registry-content.store.js'
import { RegistrySnapshot } from '../registry/snapshot.js'
import type { Author } from './author.js'
import { brokerAddressesOf } from './broker-addresses.js'
import type { OpenBrokerUsers } from './mq-user.js'
import { openClientOf, type DatabasePlace } from './open-database.js'

const passwordBytes = 24

/**
 * Users at the broker, for a command: the registry says who may have one, and the audit log has what was done. The
 * caller closes it.
 * @throws BrokerError where no broker is to be found; NothingThere where there is no registry
 */
export async function openBrokerUsersOf(
  place: DatabasePlace,
  config: Pick<Config, 'broker' | 'directory'>,
  author: Author,
): Promise<OpenBrokerUsers> {
  const addresses = addressesOf(config)
  const { client, close } = await openClientOf(place, 'owner', { access: 'change' })
  const management = new BrokerManagement(addresses)
  return {
    async renew(subsystem) {
      const snapshot = new RegistrySnapshot(await readRegistry(client))
      if (!activeOwners(snapshot).includes(subsystem)) {
        throw new BrokerError(
          `the registry gives ${subsystem} no queues: it has to be registered with "mq: true", and be active`,
        )
      }
      const password = randomBytes(passwordBytes).toString('base64url')
      await client.query('BEGIN')
      try {
        const subject = `broker user ${brokerNameOf(subsystem)}`
        await recordAct(client, { ...author, kind: 'broker.user', subject })
        const user = await renewUser(management, subsystem, password)
        await client.query('COMMIT')
        return { user, url: userUrl(addresses.url.reveal(), user, password) }
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined)
        throw error
      }
    },
    async close() {
      await management.close()
      await close()
    },
  }
}

interface Addresses {
  readonly url: Secret<string>
  readonly managementUrl: Secret<string>
}

/** @throws BrokerError */
function addressesOf(config: Pick<Config, 'broker' | 'directory'>): Addresses {
  const { url, managementUrl } = brokerAddressesOf(config)
  if (managementUrl) return { url, managementUrl }
  throw new BrokerError('AMQP_MANAGEMENT_URL is not set, and users are made over that API')
}

function userUrl(url: string, user: string, password: string): string {
  const address = new URL(url)
  address.username = encodeURIComponent(user)
  address.password = password
  return address.href
}
