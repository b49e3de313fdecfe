import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { BilingualText } from '../../exchange/fault.js'
import { AddressPolicy } from '../../http/address-policy.js'
import { parseProviderAddress, type ProviderAddress } from '../../http/provider-address.js'
import type { ProbeAddresses } from '../conformity-tools.js'
import { probeLimits } from '../limits.js'
import { networkTrouble, Trouble } from './trouble.js'

/** An endpoint with the one network address that was judged: every connection goes there, whatever its name says later. */
export interface PinnedAddress {
  readonly endpoint: ProviderAddress
  readonly ip: string
  readonly port: number
}

/** Resolves a name to all its addresses. */
export type LookUp = (hostname: string) => Promise<readonly { readonly address: string }[]>

/**
 * Resolves an endpoint's name once and judges what it stands for. Names that have several addresses are reached at the first
 * one that is allowed.
 * @throws Trouble where there is none
 */
export async function pinnedAddress(
  address: string,
  rules: ProbeAddresses,
  lookUp: LookUp = resolved,
): Promise<PinnedAddress> {
  const endpoint = parseProviderAddress(address)
  const port = portOf(endpoint)
  const policy = new AddressPolicy(rules.privateAddresses)
  const own = ownAddresses(rules)
  const found = isIP(endpoint.hostname) === 0 ? await lookedUp(endpoint.hostname, lookUp) : []
  const all = found.length === 0 ? [endpoint.hostname] : found.map(({ address: ip }) => ip)
  const ip = all.find((each) => policy.allows(each) && !own.has(`${bare(each)} ${port}`))
  if (ip !== undefined) return { endpoint, ip, port }
  throw new Trouble(all.some((each) => policy.allows(each)) ? ownText : forbiddenText(all))
}

function portOf({ origin, scheme }: ProviderAddress): number {
  const { port } = new URL(origin)
  if (port !== '') return Number(port)
  return scheme === 'https' ? 443 : 80
}

function resolved(hostname: string): ReturnType<LookUp> {
  return lookup(hostname, { all: true, verbatim: true })
}

async function lookedUp(hostname: string, lookUp: LookUp): ReturnType<LookUp> {
  const late = new AbortController()
  try {
    return await Promise.race([lookUp(hostname), tooLate(late.signal)])
  } catch (error) {
    throw new Trouble(networkTrouble(error), error)
  } finally {
    late.abort()
  }
}

/** A look-up cannot be broken off, only no longer waited for. */
function tooLate(over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(
      () => reject(Object.assign(new Error('look-up too slow'), { code: 'ETIMEOUT' })),
      probeLimits.lookUpMsMax,
    )
    over.addEventListener('abort', () => clearTimeout(timer))
  })
}

/** `address port` of wherever the bus listens; a host of all interfaces is each of them. */
function ownAddresses({ own }: ProbeAddresses): ReadonlySet<string> {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return new Set(
    own.flatMap(({ host, port }) => {
      const isAny = host === '' || host === '0.0.0.0' || host === '::'
      const hosts = isAny ? [host, ...interfaces.map(({ address }) => address)] : [host]
      return hosts.map((each) => `${bare(each)} ${port}`)
    }),
  )
}

/** An IPv4 address inside an IPv6 one is that. */
function bare(ip: string): string {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(ip)
  if (!mapped) return ip.toLowerCase()
  const [, dotted, high = '0', low = '0'] = mapped
  if (dotted !== undefined) return dotted
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [first >> 8, first & 255, second >> 8, second & 255].join('.')
}

const ownText: BilingualText = {
  az: 'Ünvan şlüzün özünün ünvanıdır; oraya sorğu göndərilmir',
  en: 'The address is the bus’s own, and nothing is sent there',
}

function forbiddenText(addresses: readonly string[]): BilingualText {
  const told = addresses.slice(0, 3).join(', ')
  return {
    az: `Ünvan (${told}) icazə verilən şəbəkələrdə deyil; oraya heç nə göndərilməyib`,
    en: `The address (${told}) is in no network that is allowed, and nothing was sent there`,
  }
}
