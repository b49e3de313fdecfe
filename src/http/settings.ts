import { normalisedAuthority } from './head.js'
import {
  fieldsOf,
  fileOf,
  integerOf,
  oneOf,
  recordOf,
  SettingsError,
  textOf,
  textsOf,
  type Fields,
} from './read-settings.js'
import { defaultLimits, type Limits } from '../limits/default-limits.js'

/** The limits of the bus that a lane over HTTP keeps. */
export type HttpLimits = Pick<Limits, (typeof limitNames)[number]>

export interface TlsSettings {
  /** PEM. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  /** Whether consumers show a certificate of theirs: are not asked, may, or get no connection without. */
  readonly clientCertificates: ClientCertificates
  /** PEM of the authorities that it has to be of where it is required; undefined where any is looked at. */
  readonly clientAuthorities: string | undefined
}

const clientCertificates = ['none', 'optional', 'required'] as const
export type ClientCertificates = (typeof clientCertificates)[number]

export interface OutboundSettings {
  /** Networks (CIDR) that are not public and that providers may live in all the same. */
  readonly privateAddresses: readonly string[]
  /** PEM of the authorities that https providers are believed by; undefined is Node's own list. */
  readonly ca: string | undefined
}

export interface HttpSettings {
  readonly host: string
  /** 0 is any free port. */
  readonly port: number
  /** Scheme that consumers see; differs from the listener's own behind a TLS-terminating balancer. */
  readonly publicScheme: 'http' | 'https'
  /** Names that consumers know the bus by, normalised; undefined where any `Host` is let pass. */
  readonly authorities: ReadonlySet<string> | undefined
  readonly tls: TlsSettings | undefined
  readonly limits: HttpLimits
  readonly outbound: OutboundSettings
}

const limitNames = [
  'headBytesMax',
  'headersMax',
  'requestHeadTimeoutMs',
  'requestTimeoutMs',
  'keepAliveTimeoutMs',
  'connectionsMax',
  'replyIdleTimeoutMs',
  'replyTimeoutMs',
  'payloadBytesMax',
  'spooledBytesMax',
  'connectTimeoutMs',
  'connectionsPerProviderMax',
] as const satisfies readonly (keyof Limits)[]

const settingNames = ['host', 'port', 'publicScheme', 'authorities', 'tls', 'limits', 'outbound']

/**
 * Parses an adapter's settings strictly. Files are read here, once, so that a wrong path stops the
 * start and not the first exchange.
 * @param own - names of further settings, which the adapter reads itself
 * @throws SettingsError
 */
export function parseHttpSettings(settings: unknown, own: readonly string[] = []): HttpSettings {
  const top: Fields = fieldsOf(settings, 'settings', [...settingNames, ...own])
  const tls = top['tls'] === undefined ? undefined : parseTls(top['tls'])
  const outbound = fieldsOf(top['outbound'] ?? {}, 'outbound', ['privateAddresses', 'caFile'])
  const scheme = top['publicScheme'] ?? (tls ? 'https' : 'http')
  const publicScheme = oneOf(scheme, 'publicScheme', ['http', 'https'])
  return {
    host: textOf(top['host'] ?? '127.0.0.1', 'host'),
    port: integerOf(top['port'] ?? 0, 'port', 0, 65_535),
    publicScheme,
    authorities: parseAuthorities(top['authorities'], publicScheme),
    tls,
    limits: parseLimits(top['limits'] ?? {}),
    outbound: {
      privateAddresses: textsOf(outbound['privateAddresses'] ?? [], 'outbound.privateAddresses'),
      ca:
        outbound['caFile'] === undefined
          ? undefined
          : fileOf(outbound['caFile'], 'outbound.caFile'),
    },
  }
}

function parseAuthorities(
  value: unknown,
  scheme: 'http' | 'https',
): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined
  const names = textsOf(value, 'authorities').map((name, index) => {
    const authority = normalisedAuthority(name, scheme)
    if (authority !== undefined) return authority
    throw new SettingsError(
      `authorities[${index}]: must be a host name, with a port where it has one`,
    )
  })
  if (names.length === 0) throw new SettingsError('authorities: must name at least one')
  return new Set(names)
}

const tlsNames = [
  'certificateFile',
  'keyFile',
  'minVersion',
  'clientCertificates',
  'clientAuthoritiesFile',
]

function parseTls(value: unknown): TlsSettings {
  const fields = fieldsOf(value, 'tls', tlsNames)
  const asked = oneOf(
    fields['clientCertificates'] ?? 'none',
    'tls.clientCertificates',
    clientCertificates,
  )
  const authorities = fields['clientAuthoritiesFile']
  // OpenSSL would take them all for strangers.
  if (asked === 'required' && authorities === undefined) {
    throw new SettingsError('tls.clientAuthoritiesFile: is needed where certificates are required')
  }
  if (asked === 'none' && authorities !== undefined) {
    throw new SettingsError('tls.clientAuthoritiesFile: set clientCertificates with it')
  }
  return {
    clientCertificates: asked,
    clientAuthorities:
      authorities === undefined ? undefined : fileOf(authorities, 'tls.clientAuthoritiesFile'),
    certificate: fileOf(fields['certificateFile'], 'tls.certificateFile'),
    key: fileOf(fields['keyFile'], 'tls.keyFile'),
    minVersion: oneOf(fields['minVersion'] ?? 'TLSv1.2', 'tls.minVersion', ['TLSv1.2', 'TLSv1.3']),
  }
}

// The composition root hands over the bus's one table of limits, which it has checked; this adapter
// takes its part out of it, and leaves the others' alone.
function parseLimits(value: unknown): HttpLimits {
  const fields = recordOf(value, 'limits')
  return Object.fromEntries(
    limitNames.map((name) => [
      name,
      integerOf(fields[name] ?? defaultLimits[name], `limits.${name}`, 1, Number.MAX_SAFE_INTEGER),
    ]),
  ) as HttpLimits
}
