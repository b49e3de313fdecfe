import { hash } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import { securityTokenCharsMax } from '../../limits/soap.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import type { SignerDirectory } from '../signer-directory.js'
import { DerError, derTag, enterOnly, rawOf } from '../x509/der.js'
import { dsNamespace } from '../xml-signature/names.js'
import { Children, invalidSignature, octetsOf } from '../xml-signature/strict-reading.js'
import {
  base64Encoding,
  subjectKeyIdType,
  thumbprintSha1Type,
  wsseNamespace,
  x509PkiPathType,
  x509v3Type,
} from './names.js'
import { elementOf } from './references.js'
import { thumbprintOfX509Data } from './x509-data.js'

/**
 * Finds the registered certificate that a KeyInfo names, in whatever way stacks name one (X.509 Token
 * Profile 1.1 §3.2). KeyInfo is not signed, and a certificate in the message is only looked up by its
 * digest: the key is the registry's own.
 * @returns base64url SHA-256 of the certificate's DER
 * @throws Fault SIGNATURE_INVALID, CERT_UNKNOWN
 */
export function thumbprintOfKeyInfo(
  document: XmlDocument,
  keyInfo: XmlElement,
  security: XmlElement,
  signers: SignerDirectory,
): string {
  const inside = new Children(document, keyInfo, 'KeyInfo')
  const x509Data = inside.optional(dsNamespace, 'X509Data')
  const reference =
    x509Data === undefined ? inside.next(wsseNamespace, 'SecurityTokenReference') : undefined
  inside.end()
  return reference === undefined
    ? thumbprintOfX509Data(document, x509Data ?? keyInfo, signers)
    : thumbprintOfTokenReference(document, reference, security, signers)
}

function thumbprintOfTokenReference(
  document: XmlDocument,
  reference: XmlElement,
  security: XmlElement,
  signers: SignerDirectory,
): string {
  const inside = new Children(document, reference, 'SecurityTokenReference')
  const child = inside.any()
  inside.end()
  if (document.is(child, wsseNamespace, 'Reference')) {
    return thumbprintOfToken(document, tokenOf(document, child, security))
  }
  if (document.is(child, wsseNamespace, 'KeyIdentifier')) {
    return thumbprintOfKeyIdentifier(document, child, signers)
  }
  if (document.is(child, wsseNamespace, 'Embedded')) {
    const embedded = new Children(document, child, 'Embedded')
    const token = embedded.next(wsseNamespace, 'BinarySecurityToken')
    embedded.end()
    return thumbprintOfToken(document, token)
  }
  if (document.is(child, dsNamespace, 'X509Data')) {
    return thumbprintOfX509Data(document, child, signers)
  }
  throw invalidSignature('SecurityTokenReference', 'The kind of the token reference is unknown.')
}

/** The BinarySecurityToken that a direct reference names; it must be one of this Security header. */
function tokenOf(document: XmlDocument, reference: XmlElement, security: XmlElement): XmlElement {
  const uri = document.attribute(reference, '', 'URI') ?? ''
  const token = uri.startsWith('#') ? elementOf(document, uri.slice(1)) : undefined
  if (
    token !== undefined &&
    document.is(token, wsseNamespace, 'BinarySecurityToken') &&
    document.parent(token) === security
  ) {
    return token
  }
  throw invalidSignature(
    'SecurityTokenReference',
    'The token reference names no BinarySecurityToken of the Security header.',
  )
}

function thumbprintOfToken(document: XmlDocument, token: XmlElement): string {
  const field = 'BinarySecurityToken'
  const encoding = document.attribute(token, '', 'EncodingType')
  if (encoding !== undefined && encoding !== base64Encoding) {
    throw invalidSignature(field, 'The encoding of the token is not base64.')
  }
  const octets = octetsOf(document, token, field, securityTokenCharsMax)
  const type = document.attribute(token, '', 'ValueType') ?? ''
  switch (type) {
    case x509v3Type:
      return thumbprintOfDer(octets)
    case x509PkiPathType:
      return thumbprintOfDer(lastOfPath(octets))
    default:
      throw invalidSignature(field, 'The token is no X.509 certificate or path of certificates.')
  }
}

function thumbprintOfKeyIdentifier(
  document: XmlDocument,
  identifier: XmlElement,
  signers: SignerDirectory,
): string {
  const field = 'KeyIdentifier'
  const encoding = document.attribute(identifier, '', 'EncodingType')
  if (encoding !== undefined && encoding !== base64Encoding) {
    throw invalidSignature(field, 'The encoding of the key identifier is not base64.')
  }
  const octets = octetsOf(document, identifier, field, securityTokenCharsMax)
  const type = document.attribute(identifier, '', 'ValueType') ?? ''
  switch (type) {
    case subjectKeyIdType:
      return signers.find({ by: 'subject-key-id', value: octets.toString('hex') })
    case thumbprintSha1Type:
      return signers.find({ by: 'sha1', value: octets.toString('hex') })
    case x509v3Type:
      return thumbprintOfDer(octets)
    default:
      throw invalidSignature(field, 'The kind of the key identifier is unknown.')
  }
}

export function thumbprintOfDer(der: Uint8Array): string {
  return hash('sha256', der, 'base64url')
}

/** The end entity of a PkiPath stands last (X.509 §7.5). */
function lastOfPath(octets: Buffer): Buffer {
  try {
    const path = enterOnly(octets, derTag.sequence)
    let last = path.next(derTag.sequence)
    while (!path.done) last = path.next(derTag.sequence)
    return rawOf(last)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw new Fault('SIGNATURE_INVALID', {
      field: 'BinarySecurityToken',
      detail: 'The token is no path of certificates.',
      cause: error,
    })
  }
}
