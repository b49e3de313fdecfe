import { join, resolve } from 'node:path'
import { z } from 'zod'

/** Kinds of keys that the CA may have. */
export const caKeyAlgorithms = ['p256', 'p384', 'rsa-3072'] as const
export type CaKeyAlgorithm = (typeof caKeyAlgorithms)[number]

const softwareSchema = z.strictObject({
  keyFile: z.string().optional(),
  /** Best kept where the key is not; made beside it where neither is there. */
  passphraseFile: z.string().optional(),
})

const pkcs11Schema = z.strictObject({
  /** The vendor's library, an absolute path. */
  module: z.string().regex(/^\//, 'must be an absolute path'),
  token: z.string().min(1).max(32),
  /** CKA_ID of the key in the token, hexadecimal: what the key is found by. */
  id: z
    .string()
    .regex(/^(?:[0-9a-f]{2}){1,32}$/)
    .default('736c75696365'),
  /** For people who look into the token. */
  label: z.string().min(1).max(64).default('sluice-ca'),
  pinFile: z.string(),
  /** Environment variables that the library is given; of others it knows nothing. */
  environment: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), z.string().max(1_000))
    .default({}),
})

export const caSchema = z.strictObject({
  /** Common name of the CA, and its name among the authorities of the registry. */
  name: z.string().min(1).max(64).default('Sluice CA'),
  organisation: z.string().min(1).max(64).default('Sluice'),
  algorithm: z.enum(caKeyAlgorithms).default('p256'),
  /** `own`: signs its own certificate. `outside`: a root elsewhere does (`sluice ca request`, `install`). */
  root: z.enum(['own', 'outside']).default('own'),
  software: softwareSchema.optional(),
  pkcs11: pkcs11Schema.optional(),
  /** Where the lists, the CA's certificate and the OCSP responder are for everybody; written into certificates. */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  validityDays: z.int().min(1).max(3_650).default(730),
  /** How long a revocation list says that it holds. */
  crlHours: z.int().min(1).max(720).default(24),
})

export interface SoftwareKeyConfig {
  readonly keyFile: string
  readonly passphraseFile: string
}

export type Pkcs11Config = Readonly<z.infer<typeof pkcs11Schema>>

/** The issuing CA of this bus. */
export interface CaConfig {
  readonly name: string
  readonly organisation: string
  readonly algorithm: CaKeyAlgorithm
  readonly root: 'own' | 'outside'
  readonly software: SoftwareKeyConfig
  /** Takes the place of the key in a file. */
  readonly pkcs11: Pkcs11Config | undefined
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined
  readonly validityDays: number
  readonly crlHours: number
}

/** With absolute paths. */
export function caOf(
  file: z.infer<typeof caSchema> | undefined,
  directory: string,
): CaConfig | undefined {
  if (!file) return undefined
  const { software, pkcs11, publicUrl, ...rest } = file
  return {
    ...rest,
    software: {
      keyFile: resolve(software?.keyFile ?? join(directory, 'keys', 'ca.key')),
      passphraseFile: resolve(software?.passphraseFile ?? join(directory, 'keys', 'ca.passphrase')),
    },
    pkcs11: pkcs11 && { ...pkcs11, pinFile: resolve(pkcs11.pinFile) },
    publicUrl: publicUrl?.replace(/\/+$/, ''),
  }
}
