import { adminOf, adminSchema, type AdminConfig } from './admin-config.js'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { caOf, caSchema, type CaConfig } from './ca-config.js'
import { brokerOf, brokerSchema, type BrokerConfig } from './broker-config.js'
import { ConfigError, type Environment } from './env.js'
import {
  logApiOf,
  logApiSchema,
  witnessesOf,
  witnessesSchema,
  type LogApiConfig,
  type WitnessConfig,
} from './log-api-config.js'
import { mailOf, mailSchema, type MailConfig } from './mail-config.js'
import { retentionSchema, type RetentionConfig } from './retention-config.js'
import { reserveOf, reserveSchema, type ReserveConfig } from './reserve-config.js'
import { timestampsOf, timestampsSchema, type TimestampsConfig } from './timestamps-config.js'
import { withoutZones, zonesOf, zonesSchema } from './zones-config.js'
import type { NetworkZonesSettings } from '../entrance/network-zones.js'
import { defaultLimits, type Limits } from '../limits/default-limits.js'
import { registryPollMs, serviceLimitCaps } from '../limits/registry.js'

const limitsSchema = z
  .strictObject(
    Object.fromEntries(
      Object.keys(defaultLimits).map((name) => [name, z.int().positive().optional()]),
    ),
  )
  .default({})

const identitySchema = z.strictObject({ keyFile: z.string(), certificateFile: z.string() })

const configSchema = z.strictObject({
  /** Where the bus keeps what it makes itself: embedded database, identity, keys. */
  directory: z.string().default('var'),
  /** Where large messages wait while they are carried; by default a folder of `directory`. */
  spoolDirectory: z.string().optional(),
  management: z.strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.int().min(0).max(65_535).default(8081),
  }),
  /** Worker processes; 0 is one a core. */
  workers: z.int().min(0).max(256).default(0),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** The bus's signing key and certificate; made on first start where none is named. */
  identity: identitySchema.optional(),
  /** A second one with an RSA key, for replies to consumers whose stacks verify nothing else. */
  rsaIdentity: identitySchema.optional(),
  /**
   * Keys from outside the database: payload encryption and pseudonyms, 32 bytes each, the Ed25519 key that the
   * logs' checkpoints are signed with, in PEM, and what secrets of administrators are sealed by, 32 bytes.
   */
  keys: z
    .strictObject({
      payloadKeyFile: z.string(),
      pseudonymKeyFile: z.string(),
      logSigningKeyFile: z.string().optional(),
      adminKeyFile: z.string().optional(),
    })
    .optional(),
  /** What makes the message log provable to others. */
  evidence: z
    .strictObject({
      /** What the logs' names for the world begin with (C2SP: a URL without scheme). */
      origin: z
        .string()
        .regex(/^[^\s+\p{Cc}/]+(?:\/[^\s+\p{Cc}/]+)*$/u)
        .max(128)
        .default('sluice'),
      /** Keys that signed the logs before the present one did, in PEM. */
      formerLogKeyFiles: z.array(z.string()).max(16).default([]),
      timestamps: timestampsSchema.prefault({}),
      /** The logs for others to read; off where it is not there. */
      api: logApiSchema.optional(),
      witnesses: witnessesSchema.default([]),
      retention: retentionSchema.prefault({}),
    })
    .prefault({}),
  /** The admin API; off where it is not there. */
  admin: adminSchema.optional(),
  /** Where notices go out as mails; without it they are in inboxes alone. */
  mail: mailSchema.optional(),
  /** What there has to be in the reserve centre, and when it is decided about. */
  reserve: reserveSchema.prefault({}),
  /** The broker of the lane `mq`; without it the bus runs its other lanes. */
  broker: brokerSchema.optional(),
  /** The CA that issues certificates to systems; without it there is none on this node. */
  ca: caSchema.optional(),
  limits: limitsSchema,
  /** Networks by name, for subsystems that may come from some of them only. */
  zones: zonesSchema.default([]),
  /** Protocol lanes: a folder's name under `adapters/` and that adapter's own settings. */
  adapters: z.record(z.string().regex(/^[a-z][a-z0-9]{0,15}$/), z.record(z.string(), z.unknown())),
})

/** Where a key and its certificate are, in PEM. */
export interface IdentityFiles {
  readonly keyFile: string
  readonly certificateFile: string
}

/** Where the keys of the message log are, and the key that signs the logs, if it is not made here. */
export interface KeyFiles {
  readonly payloadKeyFile: string
  readonly pseudonymKeyFile: string
  readonly logSigningKeyFile?: string | undefined
  readonly adminKeyFile?: string | undefined
}

/** The bus's configuration: file and environment together, checked, with absolute paths. */
export interface Config {
  readonly directory: string
  readonly spoolDirectory: string
  readonly management: { readonly host: string; readonly port: number }
  readonly workers: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly identity: IdentityFiles | undefined
  readonly rsaIdentity: IdentityFiles | undefined
  readonly keys: KeyFiles | undefined
  readonly evidence: { readonly origin: string; readonly formerLogKeyFiles: readonly string[] }
  readonly timestamps: TimestampsConfig
  /** Undefined where the logs are not for others to read. */
  readonly logApi: LogApiConfig | undefined
  readonly witnesses: readonly WitnessConfig[]
  readonly retention: RetentionConfig
  /** Undefined where administrators have no API. */
  readonly admin: AdminConfig | undefined
  /** Undefined where no mails go out. */
  readonly mail: MailConfig | undefined
  readonly reserve: ReserveConfig
  /** Undefined where there is none. */
  readonly broker: BrokerConfig | undefined
  /** Undefined where this node issues no certificates. */
  readonly ca: CaConfig | undefined
  readonly limits: Limits
  readonly zones: NetworkZonesSettings
  readonly adapters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * Reads the configuration. Relative paths in it are relative to the working directory.
 * @param cores - what `workers: 0` stands for
 * @throws ConfigError naming file and field
 */
export function loadConfig(environment: Environment, cores: number): Config {
  const file = parseFile(environment.configFile)
  const limits = { ...defaultLimits, ...definedOf(file.limits) }
  checkLimits(limits, environment.configFile)
  const workers = environment.workers ?? file.workers
  const level = configSchema.shape.logLevel.safeParse(environment.logLevel ?? file.logLevel)
  if (!level.success) throw new ConfigError('LOG_LEVEL must be debug, info, warn, error or silent')
  const directory = resolve(environment.directory ?? file.directory)
  return {
    directory,
    spoolDirectory: resolve(file.spoolDirectory ?? join(directory, 'spool')),
    management: {
      host: file.management.host,
      port: environment.managementPort ?? file.management.port,
    },
    workers: workers === 0 ? cores : workers,
    logLevel: level.data,
    identity: absolute(file.identity),
    rsaIdentity: absolute(file.rsaIdentity),
    keys: absolute(file.keys),
    evidence: {
      origin: file.evidence.origin,
      formerLogKeyFiles: file.evidence.formerLogKeyFiles.map((path) => resolve(path)),
    },
    timestamps: timestampsOf(file.evidence.timestamps, environment.configFile),
    logApi: logApiOf(file.evidence.api),
    witnesses: witnessesOf(file.evidence.witnesses, environment.configFile),
    retention: file.evidence.retention,
    admin: adminOf(file.admin, environment),
    mail: mailOf(file.mail, environment.configFile),
    reserve: reserveOf(file.reserve),
    broker: brokerOf(file.broker, environment),
    ca: caOf(file.ca, directory),
    limits,
    zones: zonesOf(file.zones, file.adapters, environment.configFile),
    adapters: withListenAddress(withoutZones(file.adapters), environment),
  }
}

function parseFile(path: string): z.infer<typeof configSchema> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read`, { cause: error })
  }
  const document = parseDocument(text, { uniqueKeys: true })
  const [first] = document.errors
  if (first) throw new ConfigError(`${path}: ${first.message}`)
  const parsed = configSchema.safeParse(contentOf(document, path))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`${path}: ${issues.join('; ')}`)
}

function contentOf(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    throw new ConfigError(`${path}: aliases (*name) are not allowed`, { cause: error })
  }
}

function definedOf(limits: Record<string, number | undefined>): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}

// Limits that only make sense together.
function checkLimits(limits: Limits, path: string): void {
  const refuseUnless = (holds: boolean, rule: string): void => {
    if (!holds) throw new ConfigError(`${path}: limits.${rule}`)
  }
  refuseUnless(
    limits.replayWindowMs >= 2 * limits.freshnessMs,
    'replayWindowMs must be at least twice limits.freshnessMs',
  )
  refuseUnless(
    limits.drainTimeoutMs > serviceLimitCaps.timeLimitMs + limits.replyTimeoutMs,
    `drainTimeoutMs must be above limits.replyTimeoutMs and ${serviceLimitCaps.timeLimitMs}, the longest time limit of a service, together`,
  )
  refuseUnless(
    limits.payloadBytesPerConsumerMax >= limits.payloadBytesMax,
    'payloadBytesPerConsumerMax must be at least limits.payloadBytesMax',
  )
  refuseUnless(
    limits.payloadBytesInFlightMax >= limits.payloadBytesPerConsumerMax,
    'payloadBytesInFlightMax must be at least limits.payloadBytesPerConsumerMax',
  )
  refuseUnless(
    limits.spoolBytesPerConsumerMax >= limits.spooledBytesMax,
    'spoolBytesPerConsumerMax must be at least limits.spooledBytesMax',
  )
  refuseUnless(
    limits.spoolBytesMax >= limits.spoolBytesPerConsumerMax,
    'spoolBytesMax must be at least limits.spoolBytesPerConsumerMax',
  )
  refuseUnless(
    limits.replyBytesInFlightMax >= limits.replyBytesPerConsumerMax,
    'replyBytesInFlightMax must be at least limits.replyBytesPerConsumerMax',
  )
  refuseUnless(
    limits.registryStaleMsMax > 2 * registryPollMs,
    `registryStaleMsMax must be above ${2 * registryPollMs}, two polls of the registry`,
  )
}

function absolute<Paths extends Readonly<Record<string, string | undefined>>>(
  paths: Paths | undefined,
): Paths | undefined {
  if (!paths) return undefined
  return Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [name, path && resolve(path)]),
  ) as Paths
}

// The environment says where the lanes that are configured listen; it opens none.
function withListenAddress(
  adapters: Config['adapters'],
  { host, port, soapPort }: Environment,
): Config['adapters'] {
  const ports: Readonly<Record<string, number | undefined>> = { rest: port, soap: soapPort }
  return Object.fromEntries(
    Object.entries(adapters).map(([name, settings]) => {
      const own = ports[name]
      const isHttp = name in ports
      const placed = {
        ...(isHttp && host !== undefined && { host }),
        ...(own !== undefined && { port: own }),
      }
      return [name, { ...settings, ...placed }]
    }),
  )
}
