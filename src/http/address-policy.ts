import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SettingsError } from './read-settings.js'

/**
 * Networks that are not the public Internet (IANA special-purpose registries, RFC 6890): loopback,
 * private, link-local (with the clouds' metadata addresses), unique local, documentation, multicast,
 * and forms of IPv6 that carry an IPv4 address inside.
 */
const specialPurpose = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

/** A provider's address that the bus must not connect to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError'
  readonly code = 'SLUICE_ADDRESS_FORBIDDEN'
}

/** Says which network addresses the bus may connect to. */
export class AddressPolicy {
  readonly #special = blockListOf(specialPurpose)
  readonly #listed: BlockList

  /**
   * @param privateAddresses - networks in CIDR notation that are allowed though not public
   * @throws SettingsError
   */
  constructor(privateAddresses: readonly string[]) {
    this.#listed = blockListOf(privateAddresses)
  }

  /** @param address - an IP address; an IPv4 address inside an IPv6 one counts as that */
  allows(address: string): boolean {
    const family = isIP(address)
    if (family === 0) return false
    const kind = family === 4 ? 'ipv4' : 'ipv6'
    return this.#listed.check(address, kind) || !this.#special.check(address, kind)
  }

  /**
   * Resolves names for connections and holds back addresses that are not allowed. It is asked for
   * each connection, so a name that changes its address afterwards gains nothing.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true }
    dnsLookup(hostname, all, (error, addresses: LookupAddress[]) => {
      const allowed = error ? [] : addresses.filter(({ address }) => this.allows(address))
      const [first] = allowed
      if (!first) callback(error ?? new ForbiddenAddressError(), [])
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/')
    const family = isIP(address)
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN
    if (family === 0 || !(bits <= (family === 4 ? 32 : 128))) {
      throw new SettingsError('outbound.privateAddresses: must be networks such as 10.0.0.0/8')
    }
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
