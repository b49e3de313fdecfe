import 'reflect-metadata'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  CertificateList,
  CRLReason,
  CRLReasons,
  Extension as AsnExtension,
  id_ce_cRLReasons,
  Name,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
} from '@peculiar/asn1-x509'
import { AuthorityKeyIdentifierExtension, Extension, X509Certificate } from '@peculiar/x509'
import { keyOfIssuer, type IssuingAuthority, type KeyedAuthority } from './issue-certificate.js'
import type { SigningHash } from './key-pair.js'
import { algorithmIdentifierOf, signatureOctetsOf } from './signed-der.js'

export type RevocationReason = keyof typeof CRLReasons

export interface Revocation {
  /** Lower-case hexadecimal. */
  readonly serialNumber: string
  readonly revokedAt: Date
  readonly reason?: RevocationReason | undefined
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

/**
 * Signs a complete revocation list (RFC 5280 §5) in the authority's name. The list is put together here, because
 * the certificate library compares each entry with all before it.
 */
export async function issueRevocationList(
  terms: RevocationListTerms,
  authority: IssuingAuthority | KeyedAuthority,
): Promise<IssuedRevocationList> {
  const issuer = new X509Certificate(authority.certificate.der)
  const key = keyOfIssuer(authority, terms.hash)
  const signature = algorithmIdentifierOf(key.algorithm)
  const extensions = [
    await AuthorityKeyIdentifierExtension.create(issuer),
    crlNumber(terms.number),
    ...(terms.extensions ?? []),
  ]
  const tbsCertList = new TBSCertList({
    version: Version.v2,
    signature,
    issuer: AsnConvert.parse(issuer.subjectName.toArrayBuffer(), Name),
    thisUpdate: new Time(terms.thisUpdate),
    nextUpdate: new Time(terms.nextUpdate),
    // An empty list of entries must not be there at all (RFC 5280 §5.1.2.6).
    ...(terms.revocations.length > 0 && { revokedCertificates: terms.revocations.map(entryOf) }),
    crlExtensions: extensions.map(({ rawData }) => AsnConvert.parse(rawData, AsnExtension)),
  })
  const signed = await key.sign(new Uint8Array(AsnConvert.serialize(tbsCertList)))
  const list = new CertificateList({
    tbsCertList,
    signatureAlgorithm: signature,
    signature: new Uint8Array(signatureOctetsOf(key.algorithm, signed)).buffer,
  })
  const der = Buffer.from(AsnConvert.serialize(list))
  return { der, pem: pemOf(der) }
}

function entryOf({ serialNumber, revokedAt, reason }: Revocation): RevokedCertificate {
  return new RevokedCertificate({
    userCertificate: new Uint8Array(serialOctets(serialNumber)).buffer,
    revocationDate: new Time(revokedAt),
    ...(reason && reason !== 'unspecified' && { crlEntryExtensions: [reasonExtension(reason)] }),
  })
}

/** RFC 5280 §5.3.1; `unspecified` should not be written. */
function reasonExtension(reason: RevocationReason): AsnExtension {
  const code = new CRLReason(CRLReasons[reason])
  return new AsnExtension({
    extnID: id_ce_cRLReasons,
    critical: false,
    extnValue: new OctetString(AsnConvert.serialize(code)),
  })
}

/** Content octets of the INTEGER: DER's are signed, so a leading one bit needs a zero octet before it. */
function serialOctets(hex: string): Buffer {
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets
}

function crlNumber(number: number): Extension {
  const content = serialOctets(number.toString(16))
  return new Extension('2.5.29.20', false, Buffer.concat([Buffer.of(2, content.length), content]))
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`
}
