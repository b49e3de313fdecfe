import { pathCertificatesMax } from '../../../limits/certificates.js'
import { thumbprintOfDer } from '../../../trust/wss/key-info.js'
import { wsseNamespace, x509PkiPathType, x509v3Type } from '../../../trust/wss/names.js'
import { parseCertificate, type Certificate } from '../../../trust/x509/certificate.js'
import { DerError, derTag, enterOnly, rawOf } from '../../../trust/x509/der.js'
import { dsNamespace } from '../../../trust/xml-signature/names.js'
import type { XmlDocument, XmlElement } from '../../../xml/document.js'

/** A certificate that a message brings along. It proves nothing: the registry's own is what counts. */
export interface MessageCertificate {
  readonly der: Buffer
  /** base64url SHA-256 of the DER. */
  readonly thumbprint: string
  readonly certificate: Certificate
}

/** The certificates in a message that can be read, each once, in document order. */
export function certificatesIn(document: XmlDocument): MessageCertificate[] {
  const found = new Map<string, MessageCertificate>()
  for (const element of document.inside(document.root)) {
    for (const der of dersOf(document, element)) {
      if (found.size === pathCertificatesMax) return [...found.values()]
      const certificate = parsed(der)
      const thumbprint = thumbprintOfDer(der)
      if (certificate) found.set(thumbprint, { der, thumbprint, certificate })
    }
  }
  return [...found.values()]
}

function dersOf(document: XmlDocument, element: XmlElement): Buffer[] {
  const type = document.attribute(element, '', 'ValueType')
  const holds =
    document.is(element, wsseNamespace, 'BinarySecurityToken') ||
    document.is(element, dsNamespace, 'X509Certificate') ||
    (document.is(element, wsseNamespace, 'KeyIdentifier') && type === x509v3Type)
  if (!holds) return []
  const octets = Buffer.from(document.textInside(element), 'base64')
  return type === x509PkiPathType ? pathOf(octets) : [octets]
}

function pathOf(octets: Buffer): Buffer[] {
  const all: Buffer[] = []
  try {
    const path = enterOnly(octets, derTag.sequence)
    while (!path.done && all.length < pathCertificatesMax) {
      all.push(Buffer.from(rawOf(path.next(derTag.sequence))))
    }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
  }
  return all
}

function parsed(der: Buffer): Certificate | undefined {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
