// The certificate library needs the polyfill before anything imports it, so tests get its parts here.
import 'reflect-metadata'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509'
import { generateKeyPairSync } from 'node:crypto'
import {
  issueEndEntity,
  issueIntermediate,
  issueRoot,
  type CertificateTerms,
  type IssuedCertificate,
  type IssuingAuthority,
  type Subject,
} from '../../src/trust/issuing/issue-certificate.js'
import {
  issueRevocationList,
  type RevocationListTerms,
} from '../../src/trust/issuing/issue-revocation-list.js'
import { makeKeyPair, type IssuedKeyType, type KeyPair } from '../../src/trust/issuing/key-pair.js'
import { takeRsaKeyPair } from './key-pool.js'

export {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
}

const dayMs = 86_400_000

/** What a test may say of a certificate; the rest is as good as it can be. */
export interface TestCertificate {
  readonly subject?: string | Subject
  readonly keyType?: IssuedKeyType
  readonly keyPair?: KeyPair
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly serialNumber?: string
  readonly extensions?: readonly Extension[]
  readonly without?: readonly string[]
  readonly pathLength?: number
  readonly hash?: CertificateTerms['hash']
}

export interface TestIdentity extends IssuedCertificate, KeyPair {}

/** A certification authority for tests. */
export interface TestAuthority extends TestIdentity, IssuingAuthority {
  /** An end entity's certificate with its keys. */
  issue(certificate?: TestCertificate): Promise<TestIdentity>
  /** An authority under this one. */
  subordinate(name: string, certificate?: TestCertificate): Promise<TestAuthority>
  /** DER of a list that revokes these serial numbers, current for a week. */
  revocationList(
    serialNumbers?: readonly string[],
    terms?: Partial<RevocationListTerms>,
  ): Promise<Buffer>
}

function termsOf(name: string, certificate: TestCertificate): CertificateTerms {
  const {
    subject = name,
    notBefore,
    notAfter,
    serialNumber,
    extensions,
    without,
    hash,
  } = certificate
  return {
    subject: typeof subject === 'string' ? nameOf(subject) : subject,
    notBefore: notBefore ?? new Date(Date.now() - dayMs),
    notAfter: notAfter ?? new Date(Date.now() + 365 * dayMs),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(extensions === undefined ? {} : { extensions }),
    ...(without === undefined ? {} : { without }),
    ...(hash === undefined ? {} : { hash }),
  }
}

function nameOf(commonName: string): Subject {
  return [
    ['C', 'AZ'],
    ['O', 'Sınaq'],
    ['CN', commonName],
  ]
}

async function keysOf({ keyPair, keyType = 'p256' }: TestCertificate): Promise<KeyPair> {
  if (keyPair) return keyPair
  if (keyType === 'rsa-2048') return takeRsaKeyPair(2048)
  if (keyType === 'rsa-3072') return takeRsaKeyPair(3072)
  return makeKeyPair(keyType)
}

/** A self-signed authority of this common name. */
export async function makeAuthority(
  name: string,
  certificate: TestCertificate = {},
): Promise<TestAuthority> {
  const keys = await keysOf(certificate)
  return authorityOf(await issueRoot(termsOf(name, certificate), keys), keys)
}

/** An authority from its certificate and keys, e.g. a cross certificate over known keys. */
export function authorityOf(certificate: IssuedCertificate, keys: KeyPair): TestAuthority {
  const authority: IssuingAuthority = { certificate, privateKey: keys.privateKey }
  return {
    ...certificate,
    ...keys,
    certificate,
    async issue(wanted = {}) {
      const own = await keysOf(wanted)
      const issued = await issueEndEntity(termsOf('system', wanted), own.publicKey, authority)
      return { ...issued, ...own }
    },
    async subordinate(name, wanted = {}) {
      const own = await keysOf(wanted)
      const { publicKey } = own
      const terms = termsOf(name, wanted)
      return authorityOf(
        await issueIntermediate(terms, publicKey, authority, wanted.pathLength),
        own,
      )
    },
    async revocationList(serialNumbers = [], terms = {}) {
      const revokedAt = new Date(Date.now() - dayMs)
      const list = await issueRevocationList(
        {
          thisUpdate: new Date(Date.now() - dayMs / 2),
          nextUpdate: new Date(Date.now() + 7 * dayMs),
          number: 1,
          revocations: serialNumbers.map((serialNumber) => ({ serialNumber, revokedAt })),
          ...terms,
        },
        authority,
      )
      return list.der
    },
  }
}

/** An RSA key pair that is too short for anything but a test of refusals. */
export function makeShortRsaKeyPair(): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength: 1024 })
}

/** An RSA key pair that its certificate restricts to RSASSA-PSS (RFC 4055 §1.2). */
export function makeRsaPssKeyPair(): KeyPair {
  return generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
}
