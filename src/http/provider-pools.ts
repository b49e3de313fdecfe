import { isIP } from 'node:net'
import { buildConnector, Pool } from 'undici'
import { Fault } from '../exchange/fault.js'
import { AddressPolicy, ForbiddenAddressError } from './address-policy.js'
import { parseProviderAddress, type ProviderAddress } from './provider-address.js'
import type { HttpSettings } from './settings.js'
import { addressesMax, poolsMax } from '../limits/http.js'

const idlePoolMs = 60_000
const sweepMs = 10_000
/** Requests that may wait for a connection to a provider, for each connection it may have. */
const waitingPerConnection = 1

// Shorter than what servers commonly keep, so that the bus and not the provider closes an idle
// connection, and no request runs into a connection that is being closed.
const idleConnectionMs = 4_000
const idleConnectionMsMax = 60_000
const idleConnectionMarginMs = 1_000

/** The connections to one origin. */
export interface ProviderPool {
  readonly pool: Pool
  /** Deliveries that are under way or wait for a connection. */
  inProgress: number
  lastUsedMs: number
}

/** Keep-alive connections to providers, a pool an origin; all of it bounded. */
export class ProviderPools {
  readonly #settings: HttpSettings
  readonly #policy: AddressPolicy
  readonly #pools = new Map<string, ProviderPool>()
  readonly #addresses = new Map<string, ProviderAddress>()
  #sweep: NodeJS.Timeout | undefined

  constructor(settings: HttpSettings) {
    this.#settings = settings
    this.#policy = new AddressPolicy(settings.outbound.privateAddresses)
  }

  /** @throws Fault PROVIDER_UNAVAILABLE where the registry's address cannot be used */
  addressOf(address: string): ProviderAddress {
    let parsed = this.#addresses.get(address)
    if (!parsed) {
      parsed = parseProviderAddress(address)
      if (this.#addresses.size >= addressesMax) this.#addresses.clear()
      this.#addresses.set(address, parsed)
    }
    return parsed
  }

  /**
   * A pool with room for one more delivery, which the caller counts in `inProgress`.
   * @throws Fault PROVIDER_UNAVAILABLE, THROTTLED
   */
  poolOf(address: ProviderAddress, nowMs: number): ProviderPool {
    const pool = this.#pools.get(address.origin) ?? this.#add(address)
    const { connectionsPerProviderMax } = this.#settings.limits
    if (pool.inProgress >= connectionsPerProviderMax * (1 + waitingPerConnection)) {
      throw new Fault('THROTTLED', {
        side: 'provider',
        detail: 'Too many requests wait for a connection to the provider.',
      })
    }
    pool.lastUsedMs = nowMs
    return pool
  }

  /** Whether a connection, with TLS where the address has it, can be made; it is closed at once. */
  async probe(address: string): Promise<boolean> {
    try {
      const { scheme, hostname, origin } = this.addressOf(address)
      this.#refuseForbidden(hostname)
      const port = new URL(origin).port || (scheme === 'https' ? '443' : '80')
      return await this.#connects({ hostname, protocol: `${scheme}:`, port })
    } catch {
      return false
    }
  }

  #connects(
    target: Pick<buildConnector.Options, 'hostname' | 'protocol' | 'port'>,
  ): Promise<boolean> {
    return new Promise((resolve) => {
      this.#connector()(target, (error, socket) => {
        socket?.destroy()
        resolve(error === null)
      })
    })
  }

  /** Resolves when what is in progress has ended. */
  async close(): Promise<void> {
    clearInterval(this.#sweep)
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.close()))
    this.#pools.clear()
  }

  #add(address: ProviderAddress): ProviderPool {
    this.#refuseForbidden(address.hostname)
    if (this.#pools.size >= poolsMax) this.#dropIdle(0)
    if (this.#pools.size >= poolsMax) {
      throw new Fault('PROVIDER_UNAVAILABLE', {
        side: 'bus',
        detail: 'The bus is connected to too many providers.',
      })
    }
    const pool: ProviderPool = { pool: this.#connect(address.origin), inProgress: 0, lastUsedMs: 0 }
    this.#pools.set(address.origin, pool)
    this.#sweep ??= setInterval(() => this.#dropIdle(idlePoolMs), sweepMs).unref()
    return pool
  }

  /** The connector resolves no name where there is none, so an address in figures is checked here. */
  #refuseForbidden(hostname: string): void {
    if (isIP(hostname) === 0 || this.#policy.allows(hostname)) return
    throw forbiddenAddress(new ForbiddenAddressError())
  }

  #connect(origin: string): Pool {
    const { limits } = this.#settings
    return new Pool(origin, {
      connections: limits.connectionsPerProviderMax,
      pipelining: 1,
      maxHeaderSize: limits.headBytesMax,
      keepAliveTimeout: idleConnectionMs,
      keepAliveMaxTimeout: idleConnectionMsMax,
      keepAliveTimeoutThreshold: idleConnectionMarginMs,
      // The exchange's own time limit holds; the caller's signal carries it.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connector(),
    })
  }

  #connector(): buildConnector.connector {
    const { limits, outbound } = this.#settings
    return buildConnector({
      timeout: limits.connectTimeoutMs,
      lookup: this.#policy.lookup,
      minVersion: 'TLSv1.2',
      ...(outbound.ca === undefined ? {} : { ca: outbound.ca }),
    })
  }

  #dropIdle(forMs: number): void {
    const before = Date.now() - forMs
    for (const [origin, { pool, inProgress, lastUsedMs }] of this.#pools) {
      if (inProgress > 0 || lastUsedMs > before) continue
      this.#pools.delete(origin)
      void pool.close()
    }
  }
}

/** The registry names an address that this bus may not connect to. */
export function forbiddenAddress(cause: unknown): Fault {
  return new Fault('PROVIDER_UNAVAILABLE', {
    side: 'bus',
    detail: "The provider's address is not among those the bus may connect to.",
    cause,
  })
}
