import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { der, oid, sequence } from '../support/der-writer.js'
import { descendants, ds } from './xml-signature-elements.js'

const ds11 = 'http://www.w3.org/2009/xmldsig11#'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'

/** The key that a signature brings along: good for seeing that octets are right, and for nothing else. */
export function keyOf(document: XmlDocument, signature: XmlElement): KeyObject | undefined {
  const [certificate] = descendants(document, 'X509Certificate', signature)
  const [rsa] = descendants(document, 'RSAKeyValue', signature)
  const [dsa] = descendants(document, 'DSAKeyValue', signature)
  const [keyValue] = descendants(document, 'KeyValue', signature)
  const elliptic = keyValue === undefined ? undefined : document.child(keyValue, ds11, 'ECKeyValue')
  if (rsa !== undefined) return rsaKey(document, rsa)
  if (dsa !== undefined) return dsaKey(document, dsa)
  if (elliptic !== undefined) return ellipticKey(document, elliptic)
  const older = keyValue === undefined ? undefined : document.child(keyValue, more, 'ECDSAKeyValue')
  if (older !== undefined) return olderEllipticKey(document, older)
  if (certificate === undefined) return undefined
  return new X509Certificate(octetsOf(document, certificate)).publicKey
}

function octetsOf(document: XmlDocument, element: XmlElement | undefined): Buffer {
  return Buffer.from(element === undefined ? '' : document.text(element), 'base64')
}

function rsaKey(document: XmlDocument, element: XmlElement): KeyObject {
  const part = (name: string): string =>
    octetsOf(document, document.child(element, ds, name)).toString('base64url')
  const key = { kty: 'RSA', n: part('Modulus'), e: part('Exponent') }
  return createPublicKey({ key, format: 'jwk' })
}

/** SubjectPublicKeyInfo after RFC 3279 §2.3.2. */
function dsaKey(document: XmlDocument, element: XmlElement): KeyObject {
  const part = (name: string): Buffer => {
    const octets = octetsOf(document, document.child(element, ds, name))
    // A zero keeps the sign of DER's integers positive.
    return der(0x02, (octets[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.of(), octets)
  }
  const parameters = sequence(part('P'), part('Q'), part('G'))
  const key = sequence(
    sequence(oid('1.2.840.10040.4.1'), parameters),
    der(0x03, Buffer.of(0), part('Y')),
  )
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

function ellipticKey(document: XmlDocument, element: XmlElement): KeyObject | undefined {
  const named = document.child(element, ds11, 'NamedCurve')
  const crv = curves[(named === undefined ? undefined : document.attribute(named, '', 'URI')) ?? '']
  if (crv === undefined) return undefined
  const point = octetsOf(document, document.child(element, ds11, 'PublicKey'))
  const half = (point.length - 1) / 2
  const x = point.subarray(1, 1 + half).toString('base64url')
  const y = point.subarray(1 + half).toString('base64url')
  return createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' })
}

/** RFC 4050: coordinates are decimal numbers. */
function olderEllipticKey(document: XmlDocument, element: XmlElement): KeyObject | undefined {
  const find = (name: string, within = element): XmlElement | undefined => {
    for (const child of document.children(within)) {
      const found = document.is(child, more, name) ? child : find(name, child)
      if (found !== undefined) return found
    }
    return undefined
  }
  const attribute = (name: string, of: string): string => {
    const found = find(of)
    return (found === undefined ? undefined : document.attribute(found, '', name)) ?? ''
  }
  const crv = curves[attribute('URN', 'NamedCurve')]
  if (crv === undefined) return undefined
  const digits = crv === 'P-256' ? 64 : crv === 'P-384' ? 96 : 132
  const coordinate = (name: string): string => {
    const hex = BigInt(attribute('Value', name)).toString(16).padStart(digits, '0')
    return Buffer.from(hex, 'hex').toString('base64url')
  }
  const key = { kty: 'EC', crv, x: coordinate('X'), y: coordinate('Y') }
  return createPublicKey({ key, format: 'jwk' })
}

const curves: Record<string, string> = {
  'urn:oid:1.2.840.10045.3.1.7': 'P-256',
  'urn:oid:1.3.132.0.34': 'P-384',
  'urn:oid:1.3.132.0.35': 'P-521',
}
