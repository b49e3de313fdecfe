import { hash } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import { pathCertificatesMax } from '../../limits/certificates.js'
import { securityTokenCharsMax } from '../../limits/soap.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import type { SignerDirectory } from '../signer-directory.js'
import { dsNamespace } from '../xml-signature/names.js'
import { Children, invalidSignature, octetsOf, textOf } from '../xml-signature/strict-reading.js'

const field = 'X509Data'

/**
 * Finds the registered certificate that a ds:X509Data names (XML Signature 1.1 §4.5.4): by issuer and
 * serial number, by subject key identifier, by its bytes. Where several of these stand together, all must
 * name the same one; of several certificates, as of a chain, one must be registered.
 * @throws Fault SIGNATURE_INVALID, CERT_UNKNOWN
 */
export function thumbprintOfX509Data(
  document: XmlDocument,
  x509Data: XmlElement,
  signers: SignerDirectory,
): string {
  const named = new Set<string>()
  const sent: string[] = []
  const inside = new Children(document, x509Data, field)
  do {
    const child = inside.any()
    if (document.namespace(child) !== dsNamespace) throw unknownChild()
    switch (document.localName(child)) {
      case 'X509IssuerSerial':
        named.add(byIssuerSerial(document, child, signers))
        break
      case 'X509SKI': {
        const value = octetsOf(document, child, 'X509SKI').toString('hex')
        named.add(signers.find({ by: 'subject-key-id', value }))
        break
      }
      case 'X509Certificate':
        sent.push(thumbprintOf(document, child))
        if (sent.length > pathCertificatesMax) throw unknownChild()
        break
      case 'X509SubjectName':
        // A subject may have several certificates; what else stands here names one.
        break
      default:
        throw unknownChild()
    }
  } while (!inside.done)
  if (sent.length > 0) named.add(registeredOf(sent, signers))
  const [thumbprint, ...others] = named
  if (thumbprint === undefined) throw new Fault('CERT_UNKNOWN')
  if (others.length === 0) return thumbprint
  throw invalidSignature(field, 'X509Data names more than one certificate.')
}

function byIssuerSerial(
  document: XmlDocument,
  element: XmlElement,
  signers: SignerDirectory,
): string {
  const inside = new Children(document, element, 'X509IssuerSerial')
  const issuer = textOf(document, inside.next(dsNamespace, 'X509IssuerName'), 'X509IssuerName')
  const serial = inside.next(dsNamespace, 'X509SerialNumber')
  inside.end()
  const serialNumber = textOf(document, serial, 'X509SerialNumber')
  return signers.find({ by: 'issuer-serial', issuer, serialNumber })
}

function thumbprintOf(document: XmlDocument, certificate: XmlElement): string {
  const der = octetsOf(document, certificate, 'X509Certificate', securityTokenCharsMax)
  return hash('sha256', der, 'base64url')
}

function registeredOf(sent: readonly string[], signers: SignerDirectory): string {
  const [only, ...others] = sent
  if (only !== undefined && others.length === 0) return only
  const [registered, ...more] = sent.filter((thumbprint) => isRegistered(thumbprint, signers))
  if (registered === undefined) throw new Fault('CERT_UNKNOWN')
  if (more.length === 0) return registered
  throw invalidSignature(field, 'X509Data holds more than one registered certificate.')
}

function isRegistered(thumbprint: string, signers: SignerDirectory): boolean {
  try {
    signers.key(thumbprint)
    return true
  } catch (error) {
    if (error instanceof Fault && error.code === 'CERT_UNKNOWN') return false
    throw error
  }
}

function unknownChild(): Fault {
  return invalidSignature(field, 'X509Data has an element that must not be there.')
}
