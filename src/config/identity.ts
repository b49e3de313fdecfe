import { createPrivateKey, X509Certificate, createHash, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueEndEntity, issueRoot } from '../trust/issuing/issue-certificate.js'
import { makeKeyPair, privateKeyPem } from '../trust/issuing/key-pair.js'
import type { Config } from './config.js'
import { ConfigError } from './env.js'
import { Secret } from './secrets.js'

/** The key that the bus signs deliveries and replies with, and the certificate others check it by. */
export interface BusIdentity {
  readonly privateKey: Secret<KeyObject>
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
  /** DER. */
  readonly certificate: Uint8Array
}

const dayMs = 86_400_000
const ownValidityDays = 825

/**
 * Reads the bus's identity; where the configuration names none, makes one once under
 * `directory/identity`: a root of its own (`bus-ca.pem`, for consumers to trust) and a P-256
 * certificate below it (`bus.pem`, `bus-key.pem`). Only the supervisor may make it, before workers start.
 * @throws ConfigError for files that cannot be read or do not belong together
 */
export async function loadIdentity(config: Config, now = new Date()): Promise<BusIdentity> {
  const { keyFile, certificateFile } = config.identity ?? (await ownIdentity(config, now))
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

async function ownIdentity(
  config: Config,
  now: Date,
): Promise<{ keyFile: string; certificateFile: string }> {
  const folder = join(config.directory, 'identity')
  if (!existsSync(folder)) await makeIdentity(folder, now)
  return { keyFile: join(folder, 'bus-key.pem'), certificateFile: join(folder, 'bus.pem') }
}

async function makeIdentity(folder: string, now: Date): Promise<void> {
  const rootKeys = await makeKeyPair('p256')
  const terms = (commonName: string): Parameters<typeof issueRoot>[0] => ({
    subject: [
      ['O', 'Sluice'],
      ['CN', commonName],
    ],
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + ownValidityDays * dayMs),
  })
  const root = await issueRoot(terms('Sluice bus root'), rootKeys)
  const keys = await makeKeyPair('p256')
  const issuer = { certificate: root, privateKey: rootKeys.privateKey }
  const bus = await issueEndEntity(terms('Sluice bus'), keys.publicKey, issuer)
  // The root's key is thrown away: nothing else is ever issued under it.
  const draft = `${folder}.${process.pid}`
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  writeFileSync(join(draft, 'bus-key.pem'), privateKeyPem(keys.privateKey), { mode: 0o600 })
  writeFileSync(join(draft, 'bus.pem'), bus.pem)
  writeFileSync(join(draft, 'bus-ca.pem'), root.pem)
  // All files or none: a start that is interrupted leaves no half identity.
  renameSync(draft, folder)
}

function readPem<Value>(path: string, parse: (pem: Buffer) => Value): Value {
  try {
    return parse(readFileSync(path))
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read or is not PEM`, { cause: error })
  }
}
