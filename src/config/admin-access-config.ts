import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './env.js'
import { Secret } from './secrets.js'

/** How administrators get in: `admin.totp`, `admin.oidc`. */
export const adminAccessSchema = {
  /** Whether an operator, a security officer or a founder's administrator has to have one-time codes. */
  totp: z.enum(['required', 'optional']).default('optional'),
  /** A provider of OpenID Connect that administrators may log in at. */
  oidc: z
    .strictObject({
      issuer: z.url({ protocol: /^https?$/ }),
      clientId: z.string().min(1).max(200),
      clientSecretFile: z.string(),
      /** `https://…/v1/sessions/oidc/callback`, as browsers reach it. */
      redirectUrl: z.url({ protocol: /^https?$/ }),
    })
    .optional(),
} as const

/** An OpenID provider, and who the bus is there. */
export interface OpenIdSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret<string>
  readonly redirectUrl: string
}

export interface AdminAccessConfig {
  readonly totp: 'required' | 'optional'
  /** Undefined where there is none. */
  readonly openId: OpenIdSettings | undefined
}

type AccessFile = z.infer<z.ZodObject<typeof adminAccessSchema>>

const callbackPath = '/v1/sessions/oidc/callback'

/** @throws ConfigError for a secret that cannot be read, or addresses over which it would be read by others */
export function adminAccessOf({ totp, oidc }: AccessFile, path: string): AdminAccessConfig {
  if (!oidc) return { totp, openId: undefined }
  const { issuer, clientId, clientSecretFile, redirectUrl } = oidc
  for (const [name, address] of Object.entries({ issuer, redirectUrl })) {
    if (isSafe(address)) continue
    throw new ConfigError(`${path}: admin.oidc.${name} must be an https address`)
  }
  if (!new URL(redirectUrl).pathname.endsWith(callbackPath)) {
    throw new ConfigError(`${path}: admin.oidc.redirectUrl must end with ${callbackPath}`)
  }
  return {
    totp,
    openId: { issuer, clientId, clientSecret: readSecret(clientSecretFile), redirectUrl },
  }
}

/** Without TLS on this machine alone. */
function isSafe(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
}

function readSecret(file: string): Secret<string> {
  const path = resolve(file)
  let secret: string
  try {
    secret = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new ConfigError(`${path}: the client secret cannot be read`, { cause: error })
  }
  if (secret === '') throw new ConfigError(`${path}: holds no client secret`)
  return new Secret(secret)
}
