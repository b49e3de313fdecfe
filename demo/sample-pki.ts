import {
  createHash,
  createPrivateKey,
  createPublicKey,
  X509Certificate,
  type KeyObject,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  issueEndEntity,
  issueRoot,
  type CertificateTerms,
  type IssuedCertificate,
  type IssuingAuthority,
} from '../src/trust/issuing/issue-certificate.js'
import { issueRevocationList } from '../src/trust/issuing/issue-revocation-list.js'
import {
  makeKeyPair,
  privateKeyPem,
  type IssuedKeyType,
  type KeyPair,
} from '../src/trust/issuing/key-pair.js'

/** A sample subsystem's credentials, as its own agency would hold them. */
export interface Credentials {
  readonly folder: string
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly thumbprint: string
  /** Lower-case hexadecimal. */
  readonly serialNumber: string
}

const dayMs = 86_400_000
const validityDays = 365
/** A certificate with less than this left is renewed. */
const renewalDays = 30
const listDays = 30

/**
 * The sample authority and what it issued; kept in a folder, so that a second run finds it again.
 * What is about to expire gets a new certificate for the same key.
 */
export class SamplePki {
  readonly #folder: string
  readonly #authority: IssuingAuthority
  readonly #now: Date

  private constructor(folder: string, authority: IssuingAuthority, now: Date) {
    this.#folder = folder
    this.#authority = authority
    this.#now = now
  }

  static async open(folder: string, now = new Date()): Promise<SamplePki> {
    const own = join(folder, 'authority')
    // Its certificates stay good under a renewed root: name and key are the same.
    const { raw, serialNumber, privateKey } = await kept(own, 'p384', now, (keys) =>
      issueRoot(termsOf('Sluice sample authority', now), keys),
    )
    const certificate = {
      der: raw,
      pem: readFileSync(join(own, 'certificate.pem'), 'utf8'),
      thumbprint: thumbprintOf(raw),
      serialNumber,
    }
    return new SamplePki(folder, { certificate, privateKey }, now)
  }

  get authorityFile(): string {
    return join(this.#folder, 'authority', 'certificate.pem')
  }

  get revocationListFile(): string {
    return join(this.#folder, 'authority', 'revocation-list.crl')
  }

  /** A subsystem's key and certificate, in `key.pem` and `certificate.pem` of its own folder. */
  async credentials(name: string, keyType: IssuedKeyType): Promise<Credentials> {
    const folder = join(this.#folder, name)
    const { raw, serialNumber, privateKey } = await kept(folder, keyType, this.#now, (keys) =>
      issueEndEntity(termsOf(name, this.#now), keys.publicKey, this.#authority),
    )
    return { folder, privateKey, thumbprint: thumbprintOf(raw), serialNumber }
  }

  /** Publishes a revocation list that names these certificates and no others. */
  async publishRevocationList(revoked: readonly Credentials[]): Promise<void> {
    const now = this.#now
    const list = await issueRevocationList(
      {
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + listDays * dayMs),
        number: now.getTime(),
        revocations: revoked.map(({ serialNumber }) => ({ serialNumber, revokedAt: now })),
      },
      this.#authority,
    )
    writeFileSync(this.revocationListFile, list.der)
  }
}

/** The key and certificate in a folder; made where there are none, renewed in time. */
async function kept(
  folder: string,
  keyType: IssuedKeyType,
  now: Date,
  issue: (keys: KeyPair) => Promise<IssuedCertificate>,
): Promise<{ raw: Buffer; serialNumber: string; privateKey: KeyObject }> {
  const keyFile = join(folder, 'key.pem')
  const certificateFile = join(folder, 'certificate.pem')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(keyFile)) {
    const { privateKey: made } = await makeKeyPair(keyType)
    writeFileSync(keyFile, privateKeyPem(made), { mode: 0o600 })
  }
  const privateKey = createPrivateKey(readFileSync(keyFile))
  if (!existsSync(certificateFile) || isDue(certificateFile, now)) {
    const { pem } = await issue({ privateKey, publicKey: createPublicKey(privateKey) })
    writeFileSync(certificateFile, pem)
  }
  const { raw, serialNumber } = new X509Certificate(readFileSync(certificateFile))
  return { raw, serialNumber: serialNumber.toLowerCase(), privateKey }
}

function isDue(certificateFile: string, now: Date): boolean {
  const { validTo } = new X509Certificate(readFileSync(certificateFile))
  return Date.parse(validTo) - now.getTime() < renewalDays * dayMs
}

function termsOf(commonName: string, now: Date): CertificateTerms {
  return {
    subject: [
      ['C', 'AZ'],
      ['O', 'Sluice sample'],
      ['CN', commonName],
    ],
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(now.getTime() + validityDays * dayMs),
  }
}

function thumbprintOf(der: Buffer): string {
  return createHash('sha256').update(der).digest('base64url')
}
