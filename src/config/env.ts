import { Secret } from './secrets.js'

/** The environment variables the bus reads, and all of them. Nothing else interprets the environment. */
export interface Environment {
  /** `SLUICE_CONFIG`: the configuration file; default `config/bus.yaml`. */
  readonly configFile: string
  /** `SLUICE_VAR`: where the bus keeps its own files; overrides `directory`. */
  readonly directory: string | undefined
  /** `DATABASE_URL`: an external PostgreSQL; without it the embedded one is started. */
  readonly databaseUrl: Secret<string> | undefined
  /** `DATABASE_MIGRATION_URL`: the owner's login for migrations and jobs; default `DATABASE_URL`. */
  readonly migrationUrl: Secret<string> | undefined
  /** `AMQP_URL`: an external broker, with user, password and virtual host; overrides the section `broker`. */
  readonly brokerUrl: Secret<string> | undefined
  /** `AMQP_MANAGEMENT_URL`: its management HTTP API, with an administrator's login. */
  readonly brokerManagementUrl: Secret<string> | undefined
  /** `SLUICE_PORT`, `SLUICE_HOST`: where consumers reach the REST lane; the host is that of every lane. */
  readonly port: number | undefined
  readonly host: string | undefined
  /** `SLUICE_SOAP_PORT`: where consumers reach the SOAP lane, on the same host. */
  readonly soapPort: number | undefined
  /** `SLUICE_MANAGEMENT_PORT`: health and metrics. */
  readonly managementPort: number | undefined
  /** `SLUICE_ADMIN_PORT`: the admin API, where the configuration has one. */
  readonly adminPort: number | undefined
  /** `SLUICE_WORKERS`: worker processes; default one a core. */
  readonly workers: number | undefined
  /** `LOG_LEVEL`. */
  readonly logLevel: string | undefined
}

/** A setting from outside that cannot be used; the message names it and says what it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** @throws ConfigError */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  return {
    configFile: env['SLUICE_CONFIG'] ?? 'config/bus.yaml',
    directory: env['SLUICE_VAR'],
    databaseUrl: secretUrl(env, 'DATABASE_URL'),
    migrationUrl: secretUrl(env, 'DATABASE_MIGRATION_URL'),
    brokerUrl: brokerUrlOf(env['AMQP_URL'], 'AMQP_URL'),
    brokerManagementUrl: managementUrlOf(env['AMQP_MANAGEMENT_URL'], 'AMQP_MANAGEMENT_URL'),
    port: integer(env, 'SLUICE_PORT', 0, 65_535),
    host: env['SLUICE_HOST'],
    soapPort: integer(env, 'SLUICE_SOAP_PORT', 0, 65_535),
    managementPort: integer(env, 'SLUICE_MANAGEMENT_PORT', 0, 65_535),
    adminPort: integer(env, 'SLUICE_ADMIN_PORT', 0, 65_535),
    workers: integer(env, 'SLUICE_WORKERS', 1, 256),
    logLevel: env['LOG_LEVEL'],
  }
}

function integer(
  env: NodeJS.ProcessEnv,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (!/^[0-9]{1,6}$/.test(text) || value < min || value > max) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}`)
  }
  return value
}

/**
 * The address of a broker; what is no address of one must not be echoed, for it may hold a password.
 * @throws ConfigError
 */
export function brokerUrlOf(text: string | undefined, name: string): Secret<string> | undefined {
  return urlOf(text, name, ['amqp:', 'amqps:'], 'amqp://user:password@host:5672/vhost')
}

/** @throws ConfigError */
export function managementUrlOf(
  text: string | undefined,
  name: string,
): Secret<string> | undefined {
  return urlOf(text, name, ['http:', 'https:'], 'http://administrator:password@host:15672')
}

function urlOf(
  text: string | undefined,
  name: string,
  protocols: readonly string[],
  example: string,
): Secret<string> | undefined {
  if (text === undefined || text === '') return undefined
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) {
    throw new ConfigError(`${name} must be a URL like ${example}`)
  }
  return new Secret(text)
}

function secretUrl(env: NodeJS.ProcessEnv, name: string): Secret<string> | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  if (!/^postgres(ql)?:\/\//.test(text)) {
    throw new ConfigError(`${name} must be a URL like postgres://user:password@host:5432/database`)
  }
  return new Secret(text)
}
