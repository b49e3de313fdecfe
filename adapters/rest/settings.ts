import { readFileSync } from 'node:fs'
import { normalisedAuthority } from './head.js'
import { defaultLimits, type Limits } from '../../src/limits.js'

/** The limits of the bus that this adapter keeps. */
export type RestLimits = Pick<Limits, (typeof limitNames)[number]>

export interface TlsSettings {
  /** PEM. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
}

export interface OutboundSettings {
  /** Networks (CIDR) that are not public and that providers may live in all the same. */
  readonly privateAddresses: readonly string[]
  /** PEM of the authorities that https providers are believed by; undefined is Node's own list. */
  readonly ca: string | undefined
}

export interface RestSettings {
  readonly host: string
  /** 0 is any free port. */
  readonly port: number
  /** Scheme that consumers see; differs from the listener's own behind a TLS-terminating balancer. */
  readonly publicScheme: 'http' | 'https'
  /** Names that consumers know the bus by, normalised; undefined where any `Host` is let pass. */
  readonly authorities: ReadonlySet<string> | undefined
  readonly tls: TlsSettings | undefined
  readonly limits: RestLimits
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
  'connectTimeoutMs',
  'connectionsPerProviderMax',
] as const satisfies readonly (keyof Limits)[]

/** Settings that cannot be used. The message names the key, and quotes no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Parses the adapter's settings strictly. Files are read here, once, so that a wrong path stops the
 * start and not the first exchange.
 * @throws SettingsError
 */
export function parseSettings(settings: unknown): RestSettings {
  const top = fieldsOf(settings, 'settings', [
    'host',
    'port',
    'publicScheme',
    'authorities',
    'tls',
    'limits',
    'outbound',
  ])
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

function parseTls(value: unknown): TlsSettings {
  const fields = fieldsOf(value, 'tls', ['certificateFile', 'keyFile', 'minVersion'])
  return {
    certificate: fileOf(fields['certificateFile'], 'tls.certificateFile'),
    key: fileOf(fields['keyFile'], 'tls.keyFile'),
    minVersion: oneOf(fields['minVersion'] ?? 'TLSv1.2', 'tls.minVersion', ['TLSv1.2', 'TLSv1.3']),
  }
}

// The composition root hands over the bus's one table of limits, which it has checked; this adapter
// takes its own out of it, and leaves the others' alone.
function parseLimits(value: unknown): RestLimits {
  const fields = recordOf(value, 'limits')
  return Object.fromEntries(
    limitNames.map((name) => [
      name,
      integerOf(fields[name] ?? defaultLimits[name], `limits.${name}`, 1, Number.MAX_SAFE_INTEGER),
    ]),
  ) as RestLimits
}

function fieldsOf(value: unknown, path: string, known: readonly string[]): Fields {
  const fields = recordOf(value, path)
  const unknown = Object.keys(fields).filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new SettingsError(`${path}: unknown ${unknown.join(', ')}; known are ${known.join(', ')}`)
  }
  return fields
}

function recordOf(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingsError(`${path}: must be a table of keys and values`)
  }
  return value as Fields
}

function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new SettingsError(`${path}: must be a text that is not empty`)
  }
  return value
}

function textsOf(value: unknown, path: string): string[] {
  if (!Array.isArray(value)) throw new SettingsError(`${path}: must be a list`)
  return value.map((entry, index) => textOf(entry, `${path}[${index}]`))
}

function integerOf(value: unknown, path: string, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw new SettingsError(`${path}: must be a whole number from ${min} to ${max}`)
  }
  return value as number
}

function oneOf<Choice extends string>(
  value: unknown,
  path: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === value)
  if (choice === undefined) throw new SettingsError(`${path}: must be ${choices.join(' or ')}`)
  return choice
}

function fileOf(value: unknown, path: string): string {
  try {
    return readFileSync(textOf(value, path), 'utf8')
  } catch (error) {
    if (error instanceof SettingsError) throw error
    throw new SettingsError(`${path}: cannot be read`, { cause: error })
  }
}
