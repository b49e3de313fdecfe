import { createPrivateKey, X509Certificate, createHash, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { busRsaBitsMax, rsaBitsMin } from '../limits/certificates.js'
import { derBlocks } from '../trust/x509/pem.js'
import type { Config, IdentityFiles } from './config.js'
import { ConfigError } from './env.js'
import type { OwnIdentity } from './make-identity.js'
import { Secret } from './secrets.js'

/** The key that the bus signs deliveries and replies with, and the certificate others check it by. */
export interface BusIdentity {
  readonly privateKey: Secret<KeyObject>
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
  /** DER. */
  readonly certificate: Uint8Array
}

/** What {@link loadIdentity} and {@link identityCertificates} read of the configuration. */
export type IdentityConfig = Pick<Config, 'directory' | 'identity' | 'rsaIdentity'>

/** An identity to sign with for years. */
export interface IdentityWithChain {
  readonly privateKey: KeyObject
  /** DER. */
  readonly certificate: Uint8Array
  /** DER of every other certificate in the files of the bus's identities. */
  readonly chain: readonly Uint8Array[]
}

/**
 * Reads the bus's identity; where the configuration names none, makes one once under
 * `directory/identity`: a root of its own (`bus-ca.pem`, for consumers to trust) and a P-256
 * certificate below it (`bus.pem`, `bus-key.pem`). Only the supervisor may make it, before workers start.
 * @throws ConfigError for files that cannot be read or do not belong together
 */
export async function loadIdentity(config: IdentityConfig, now = new Date()): Promise<BusIdentity> {
  return read(config.identity ?? (await ownIdentity(config, ownP256, now)), now)
}

/** {@link loadIdentity}, with the certificates that may stand above its own. @throws ConfigError as that */
export async function loadIdentityWithChain(config: IdentityConfig): Promise<IdentityWithChain> {
  const { privateKey, certificate } = await loadIdentity(config)
  const chain = identityCertificates(config).filter((der) => !der.equals(certificate))
  return { privateKey: privateKey.reveal(), certificate, chain }
}

/**
 * Reads the identity with an RSA key, for consumers whose stacks verify nothing else. Where the
 * configuration names no identity at all, makes one once under `directory/identity-rsa`, under an RSA
 * root: such stacks verify no other signature in a certificate either. Otherwise as `loadIdentity`.
 * @returns undefined where the configuration names the other identity only
 * @throws ConfigError as `loadIdentity`; for a key that is not RSA, or too short or too slow
 */
export async function loadRsaIdentity(
  config: Config,
  now = new Date(),
): Promise<BusIdentity | undefined> {
  if (config.identity && !config.rsaIdentity) return undefined
  const files = config.rsaIdentity ?? (await ownIdentity(config, ownRsa, now))
  const identity = read(files, now)
  const { asymmetricKeyType, asymmetricKeyDetails } = identity.privateKey.reveal()
  const { modulusLength = 0 } = asymmetricKeyDetails ?? {}
  const fits = modulusLength >= rsaBitsMin && modulusLength <= busRsaBitsMax
  if (asymmetricKeyType === 'rsa' && fits) return identity
  throw new ConfigError(
    `${files.keyFile}: rsaIdentity must be an RSA key of ${rsaBitsMin} to ${busRsaBitsMax} bits`,
  )
}

/**
 * Every certificate that stands in the files of the bus's identities, and the roots of those of its own
 * making: what whoever checks the bus's signatures later needs of it. Files that are missing hold none.
 * @returns DER of each
 */
export function identityCertificates(config: IdentityConfig): Buffer[] {
  const named = [config.identity, config.rsaIdentity].flatMap(
    (files) => files?.certificateFile ?? [],
  )
  const own = [ownP256, ownRsa].flatMap(({ folder }) =>
    ['bus.pem', 'bus-ca.pem'].map((name) => join(config.directory, folder, name)),
  )
  return [...named, ...own]
    .filter((path) => existsSync(path))
    .flatMap((path) => derBlocks(readFileSync(path), 'CERTIFICATE'))
}

function read({ keyFile, certificateFile }: IdentityFiles, now: Date): BusIdentity {
  const privateKey = readPem(keyFile, (pem) => createPrivateKey(pem))
  const certificate = readPem(certificateFile, (pem) => new X509Certificate(pem))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError(`${keyFile} is not the key of ${certificateFile}`)
  }
  if (now > new Date(certificate.validTo)) throw new ConfigError(`${certificateFile}: has expired`)
  return {
    privateKey: new Secret(privateKey),
    certificateThumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
    certificate: certificate.raw,
  }
}

const ownP256: OwnIdentity = { folder: 'identity', keyType: 'p256', commonName: 'Sluice bus' }
const ownRsa: OwnIdentity = {
  folder: 'identity-rsa',
  keyType: 'rsa-2048',
  commonName: 'Sluice bus RSA',
}

async function ownIdentity(
  config: IdentityConfig,
  own: OwnIdentity,
  now: Date,
): Promise<IdentityFiles> {
  const folder = join(config.directory, own.folder)
  if (!existsSync(folder)) {
    // What issues certificates is an eighth of all that a worker would load, and workers find theirs made.
    const { makeIdentity } = await import('./make-identity.js')
    await makeIdentity(folder, own, now)
  }
  return { keyFile: join(folder, 'bus-key.pem'), certificateFile: join(folder, 'bus.pem') }
}

/** @throws ConfigError for a file that cannot be read or is no PEM */
export function readPem<Value>(path: string, parse: (pem: Buffer) => Value): Value {
  try {
    return parse(readFileSync(path))
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read or is not PEM`, { cause: error })
  }
}
