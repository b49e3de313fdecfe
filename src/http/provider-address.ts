import { Fault } from '../exchange/fault.js'

/** A provider's base address, taken apart. */
export interface ProviderAddress {
  /** `https://host:port`, lower case, default port dropped. */
  readonly origin: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  /** Host alone, without brackets. */
  readonly hostname: string
  /** As it stands. */
  readonly path: string
  /** Empty, or a path that begins with `/` and ends without. */
  readonly basePath: string
}

/**
 * @throws Fault PROVIDER_UNAVAILABLE of the bus's side: the registry holds an address that cannot be used
 */
export function parseProviderAddress(address: string): ProviderAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const scheme =
    url?.protocol === 'http:' ? 'http' : url?.protocol === 'https:' ? 'https' : undefined
  if (!url || !scheme || url.username || url.password || /[?#]/.test(address)) {
    throw new Fault('PROVIDER_UNAVAILABLE', {
      side: 'bus',
      detail: "The registry's address of the provider cannot be used.",
    })
  }
  return {
    origin: url.origin,
    scheme,
    authority: url.host,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    path: url.pathname,
    basePath: url.pathname.replace(/\/+$/, ''),
  }
}

/** Where a request goes: base path, the consumer's rest of the path and its query as it signed them. */
export function targetOf(
  address: ProviderAddress,
  rest: string,
  query: string | undefined,
): string {
  const path = address.basePath + rest || '/'
  return query === undefined ? path : `${path}?${query}`
}
