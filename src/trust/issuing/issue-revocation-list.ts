import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  X509Certificate,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509'
import type { IssuingAuthority } from './issue-certificate.js'
import { signingAlgorithmOf, signingKeyOf, type SigningHash } from './key-pair.js'

export type RevocationReason = keyof typeof X509CrlReason

export interface Revocation {
  /** Lower-case hexadecimal. */
  readonly serialNumber: string
  readonly revokedAt: Date
  readonly reason?: RevocationReason
}

export interface RevocationListTerms {
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** CRL number (RFC 5280 §5.2.3): rises from list to list; below 2^53. */
  readonly number: number
  readonly revocations: readonly Revocation[]
  /** Added to the usual extensions. */
  readonly extensions?: readonly Extension[]
  readonly hash?: SigningHash
}

export interface IssuedRevocationList {
  readonly der: Buffer
  readonly pem: string
}

/** Signs a complete revocation list (RFC 5280 §5) in the authority's name. */
export async function issueRevocationList(
  terms: RevocationListTerms,
  authority: IssuingAuthority,
): Promise<IssuedRevocationList> {
  const issuer = new X509Certificate(authority.certificate.der)
  const algorithm = signingAlgorithmOf(authority.privateKey, terms.hash)
  const list = await X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: terms.thisUpdate,
    nextUpdate: terms.nextUpdate,
    signingAlgorithm: algorithm,
    signingKey: await signingKeyOf(authority.privateKey, algorithm),
    entries: terms.revocations.map(({ serialNumber, revokedAt, reason }) => ({
      serialNumber,
      revocationDate: revokedAt,
      ...(reason ? { reason: X509CrlReason[reason] } : {}),
    })),
    extensions: [
      await AuthorityKeyIdentifierExtension.create(issuer),
      crlNumber(terms.number),
      ...(terms.extensions ?? []),
    ],
  })
  return { der: Buffer.from(list.rawData), pem: `${list.toString('pem')}\n` }
}

function crlNumber(number: number): Extension {
  const hex = number.toString(16)
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  // DER integers are signed: a leading one bit needs a zero octet before it.
  const content = (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets
  return new Extension('2.5.29.20', false, Buffer.concat([Buffer.of(2, content.length), content]))
}
