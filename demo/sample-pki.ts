import { createPrivateKey, X509Certificate, createHash, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  issueEndEntity,
  issueRoot,
  type IssuingAuthority,
} from '../src/trust/issuing/issue-certificate.js'
import { issueRevocationList } from '../src/trust/issuing/issue-revocation-list.js'
import { makeKeyPair, privateKeyPem, type IssuedKeyType } from '../src/trust/issuing/key-pair.js'

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
const listDays = 30

/** The sample authority and what it issued; kept in a folder, so that a second run finds it again. */
export class SamplePki {
  readonly #folder: string
  readonly #authority: IssuingAuthority

  private constructor(folder: string, authority: IssuingAuthority) {
    this.#folder = folder
    this.#authority = authority
  }

  static async open(folder: string): Promise<SamplePki> {
    const own = join(folder, 'authority')
    mkdirSync(own, { recursive: true })
    const keyFile = join(own, 'key.pem')
    if (!existsSync(keyFile)) {
      const keys = await makeKeyPair('p384')
      const root = await issueRoot(termsOf('Sluice sample authority'), keys)
      writeFileSync(join(own, 'certificate.pem'), root.pem)
      writeFileSync(keyFile, privateKeyPem(keys.privateKey), { mode: 0o600 })
    }
    const { raw, serialNumber } = new X509Certificate(readFileSync(join(own, 'certificate.pem')))
    return new SamplePki(folder, {
      certificate: {
        der: raw,
        pem: readFileSync(join(own, 'certificate.pem'), 'utf8'),
        thumbprint: thumbprintOf(raw),
        serialNumber: serialNumber.toLowerCase(),
      },
      privateKey: createPrivateKey(readFileSync(keyFile)),
    })
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
    const keyFile = join(folder, 'key.pem')
    const certificateFile = join(folder, 'certificate.pem')
    if (!existsSync(certificateFile)) {
      mkdirSync(folder, { recursive: true })
      const keys = await makeKeyPair(keyType)
      const issued = await issueEndEntity(termsOf(name), keys.publicKey, this.#authority)
      writeFileSync(keyFile, privateKeyPem(keys.privateKey), { mode: 0o600 })
      writeFileSync(certificateFile, issued.pem)
    }
    const { raw, serialNumber } = new X509Certificate(readFileSync(certificateFile))
    return {
      folder,
      privateKey: createPrivateKey(readFileSync(keyFile)),
      thumbprint: thumbprintOf(raw),
      serialNumber: serialNumber.toLowerCase(),
    }
  }

  /** Publishes a revocation list that names these certificates and no others. */
  async publishRevocationList(revoked: readonly Credentials[]): Promise<void> {
    const now = new Date()
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

function termsOf(commonName: string): Parameters<typeof issueRoot>[0] {
  const now = Date.now()
  return {
    subject: [
      ['C', 'AZ'],
      ['O', 'Sluice sample'],
      ['CN', commonName],
    ],
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + validityDays * dayMs),
  }
}

function thumbprintOf(der: Buffer): string {
  return createHash('sha256').update(der).digest('base64url')
}
