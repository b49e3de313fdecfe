import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './env.js'
import { Secret } from './secrets.js'

/** Where mails go out: an SMTP server (RFC 5321) of the operator's. */
export const mailSchema = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).optional(),
    /** `implicit`: TLS from the first byte (RFC 8314); `starttls`: before anything is said; `none`: on this machine alone. */
    tls: z.enum(['implicit', 'starttls', 'none']).default('implicit'),
    /** Whom the server's certificate has to be from; the authorities of the system where it is not there. */
    authoritiesFile: z.string().optional(),
    user: z.string().min(1).max(200).optional(),
    passwordFile: z.string().optional(),
    /** The address that mails come from. */
    from: z.email().max(254),
  })
  .refine(({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined), {
    message: 'user and passwordFile go together',
  })

/** How mails go out. */
export interface MailConfig {
  readonly host: string
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** PEM. */
  readonly authorities: string | undefined
  readonly login: { readonly user: string; readonly password: Secret<string> } | undefined
  readonly from: string
}

const usualPorts = { implicit: 465, starttls: 587, none: 25 } as const

/** @throws ConfigError for files that cannot be used, and where mails would cross a network in the clear */
export function mailOf(
  file: z.infer<typeof mailSchema> | undefined,
  configFile: string,
): MailConfig | undefined {
  if (!file) return undefined
  const { host, tls, authoritiesFile, user, passwordFile, from } = file
  if (tls === 'none' && !isLoopback(host)) {
    throw new ConfigError(`${configFile}: mail: ${host} is reached over a network: give tls`)
  }
  const login =
    user === undefined || passwordFile === undefined
      ? undefined
      : { user, password: new Secret(passwordIn(passwordFile)) }
  return {
    ...{ host, tls, login, from, port: file.port ?? usualPorts[tls] },
    authorities: authoritiesFile === undefined ? undefined : read(authoritiesFile),
  }
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function passwordIn(file: string): string {
  const password = read(file).trim()
  if (password === '') throw new ConfigError(`${resolve(file)}: holds no password`)
  return password
}

function read(file: string): string {
  const path = resolve(file)
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read`, { cause: error })
  }
}
