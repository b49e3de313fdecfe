import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { adminAccessOf, adminAccessSchema, type AdminAccessConfig } from './admin-access-config.js'
import { conformityOf, conformitySchema, type ConformityConfig } from './conformity-config.js'
import { ConfigError, type Environment } from './env.js'
import { Secret } from './secrets.js'

export const adminSchema = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(8084),
  tls: z
    .strictObject({
      keyFile: z.string(),
      certificateFile: z.string(),
      /** Below these authorities administrators' certificates are; without it nobody logs in by certificate. */
      clientAuthoritiesFile: z.string().optional(),
    })
    .optional(),
  /** Before `/v1`, as administrators reach it. */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** How long ahead participants give notice of works; what comes later is marked so. */
  maintenanceNoticeHours: z.int().min(0).max(720).default(48),
  /** Whether systems and services are made by connection cases only; the command line stays for who has the machine. */
  connectionDesk: z.enum(['required', 'optional']).default('required'),
  /** Whether who had a hand in a conformity check may not sign the opinion. */
  separationOfDuties: z.boolean().default(true),
  conformity: conformitySchema,
  ...adminAccessSchema,
})

/** PEM texts of the listener's TLS. */
export interface AdminTlsConfig {
  readonly key: Secret<string>
  readonly certificate: string
  readonly clientAuthorities: string | undefined
}

/** Where administrators are served. */
export interface AdminConfig extends AdminAccessConfig {
  readonly host: string
  readonly port: number
  readonly tls: AdminTlsConfig | undefined
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly maintenanceNoticeHours: number
  readonly connectionDesk: 'required' | 'optional'
  readonly separationOfDuties: boolean
  readonly conformity: ConformityConfig
}

const setting = 'admin'

/** @throws ConfigError for files that cannot be used, and where passwords would cross a network in the clear */
export function adminOf(
  file: z.infer<typeof adminSchema> | undefined,
  { adminPort, configFile }: Pick<Environment, 'adminPort' | 'configFile'>,
): AdminConfig | undefined {
  if (!file) return undefined
  const { host, port, tls, publicUrl, maintenanceNoticeHours, connectionDesk } = file
  const { separationOfDuties, conformity } = file
  if (!tls && !isLoopback(host) && publicUrl?.startsWith('https://') !== true) {
    throw new ConfigError(
      `${configFile}: ${setting}: ${host} is reached over a network: give tls, or the https address of what speaks TLS before it as publicUrl`,
    )
  }
  return {
    host,
    port: adminPort ?? port,
    tls: tls && readTls(tls),
    publicUrl: publicUrl?.replace(/\/+$/, ''),
    maintenanceNoticeHours,
    connectionDesk,
    separationOfDuties,
    conformity: conformityOf(conformity),
    ...adminAccessOf(file, configFile),
  }
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function readTls(files: {
  readonly keyFile: string
  readonly certificateFile: string
  readonly clientAuthoritiesFile?: string | undefined
}): AdminTlsConfig {
  const [key, keyPath] = read(files.keyFile)
  const [certificate, certificatePath] = read(files.certificateFile)
  if (!parsedCertificate(certificate, certificatePath).checkPrivateKey(parsedKey(key, keyPath))) {
    throw new ConfigError(`${certificatePath}: is not the certificate of the key in ${keyPath}`)
  }
  let clientAuthorities: string | undefined
  if (files.clientAuthoritiesFile !== undefined) {
    const [text, path] = read(files.clientAuthoritiesFile)
    parsedCertificate(text, path)
    clientAuthorities = text
  }
  return { key: new Secret(key), certificate, clientAuthorities }
}

function read(file: string): [string, string] {
  const path = resolve(file)
  try {
    return [readFileSync(path, 'utf8'), path]
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read`, { cause: error })
  }
}

function parsedKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw new ConfigError(`${path}: holds no private key in PEM`, { cause: error })
  }
}

function parsedCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new ConfigError(`${path}: holds no certificate in PEM`, { cause: error })
  }
}
