import { BlockList, isIP } from 'node:net'

/** A part of the world's networks that participants may be bound to. */
export interface NetworkZone {
  readonly name: string
  /** In CIDR notation. */
  readonly networks: readonly string[]
}

/** Networks that cannot be used. */
export class NetworkZoneError extends Error {
  override readonly name = 'NetworkZoneError'
}

type Family = 'ipv4' | 'ipv6'

/** The networks of one zone that are equally large, in one family. */
interface Band {
  readonly family: Family
  readonly bits: number
  readonly zone: string
  readonly list: BlockList
}

export interface NetworkZonesSettings {
  readonly zones: readonly NetworkZone[]
  /** The zone of all that comes by a lane, by its protocol; of the other lanes the address tells. */
  readonly ofLanes: Readonly<Record<string, string>>
}

/** Which zone a request comes from: that of the most specific network that holds its address. */
export class NetworkZones {
  readonly #names: ReadonlySet<string>
  readonly #ofLanes: ReadonlyMap<string, string>
  /** The most specific first. */
  readonly #bands: readonly Band[]

  /** @throws NetworkZoneError for a network that is none, or is in two zones, and for a lane's zone that is none */
  constructor({ zones, ofLanes }: NetworkZonesSettings) {
    this.#names = new Set(zones.map(({ name }) => name))
    if (this.#names.size < zones.length) throw new NetworkZoneError('two zones have one name')
    this.#ofLanes = new Map(Object.entries(ofLanes))
    for (const zone of this.#ofLanes.values()) {
      if (!this.#names.has(zone)) throw new NetworkZoneError(`there is no zone "${zone}"`)
    }
    this.#bands = bandsOf(zones)
  }

  has(zone: string): boolean {
    return this.#names.has(zone)
  }

  /**
   * @param address - as the connection has it; empty where it has none
   * @returns undefined where no zone holds it
   */
  zoneOf(protocol: string, address: string): string | undefined {
    const fixed = this.#ofLanes.get(protocol)
    if (fixed !== undefined) return fixed
    const plain = plainAddress(address)
    const family = familyOf(plain)
    if (family === undefined) return undefined
    return this.#bands.find((band) => band.family === family && band.list.check(plain, family))
      ?.zone
  }
}

/** An IPv4 address inside an IPv6 one (RFC 4291 §2.5.5.2), as sockets for both have it, is that; the link is left out. */
function plainAddress(address: string): string {
  const [plain = ''] = address.split('%')
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(plain)
  return mapped?.[1] ?? plain
}

function familyOf(address: string): Family | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

function bandsOf(zones: readonly NetworkZone[]): readonly Band[] {
  const bands = new Map<string, Band>()
  const zoneByNetwork = new Map<string, string>()
  for (const { name: zone, networks } of zones) {
    for (const network of networks) {
      const { address, bits, family } = networkOf(network)
      const first = firstAddress(address, bits, family)
      const other = zoneByNetwork.get(`${first}/${bits}`)
      if (other !== undefined) throw new NetworkZoneError(`${network} is named twice`)
      zoneByNetwork.set(`${first}/${bits}`, zone)
      const key = `${family} ${bits} ${zone}`
      const band = bands.get(key) ?? { family, bits, zone, list: new BlockList() }
      bands.set(key, band)
      band.list.addSubnet(address, bits, family)
    }
  }
  return [...bands.values()].sort((a, b) => b.bits - a.bits)
}

function networkOf(network: string): {
  readonly address: string
  readonly bits: number
  readonly family: Family
} {
  const [address = '', prefix = '', ...more] = network.split('/')
  const family = familyOf(address)
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN
  if (family === undefined || more.length > 0 || !(bits <= (family === 'ipv4' ? 32 : 128))) {
    throw new NetworkZoneError(`"${network}" is no network such as 10.20.0.0/16`)
  }
  if (plainAddress(address) !== address) {
    throw new NetworkZoneError(`"${network}": write an IPv4 network as such`)
  }
  return { address, bits, family }
}

/** The same text for the same network, whichever of its addresses it is named by. */
function firstAddress(address: string, bits: number, family: Family): string {
  const { hostname } = new URL(family === 'ipv4' ? `http://${address}` : `http://[${address}]`)
  const groups = family === 'ipv4' ? hostname.split('.').map(Number) : groupsOf(hostname)
  const width = family === 'ipv4' ? 8 : 16
  const masked = groups.map((group, index) => {
    const kept = Math.min(width, Math.max(0, bits - index * width))
    return group & ~(2 ** (width - kept) - 1)
  })
  return `${family} ${masked.join('.')}`
}

/** The eight groups of an IPv6 address in brackets, as a URL has it. */
function groupsOf(hostname: string): number[] {
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::')
  const of = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
  const [before, after] = [of(head), of(tail)]
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}
