import { AlgorithmIdentifier } from '@peculiar/asn1-x509'
import type { SigningAlgorithm } from './key-pair.js'

const identifiers: Readonly<Record<string, string>> = {
  'RSASSA-PKCS1-v1_5 SHA-256': '1.2.840.113549.1.1.11',
  'RSASSA-PKCS1-v1_5 SHA-384': '1.2.840.113549.1.1.12',
  'RSASSA-PKCS1-v1_5 SHA-512': '1.2.840.113549.1.1.13',
  'ECDSA SHA-256': '1.2.840.10045.4.3.2',
  'ECDSA SHA-384': '1.2.840.10045.4.3.3',
  'ECDSA SHA-512': '1.2.840.10045.4.3.4',
  // What tests make, to see that it is refused.
  'RSASSA-PKCS1-v1_5 SHA-1': '1.2.840.113549.1.1.5',
  Ed25519: '1.3.101.112',
}

/** How DER names the algorithm: RSA with NULL (RFC 4055 §5), the others without parameters (RFC 5758, 8410). */
export function algorithmIdentifierOf({ name, hash }: SigningAlgorithm): AlgorithmIdentifier {
  const algorithm = identifiers[hash === undefined ? name : `${name} ${hash}`]
  if (algorithm === undefined) throw new TypeError('an algorithm without an identifier')
  const isRsa = name === 'RSASSA-PKCS1-v1_5'
  return new AlgorithmIdentifier({ algorithm, ...(isRsa && { parameters: null }) })
}

/** A signature as Web Crypto writes it, as certificates hold it: ECDSA as two integers (RFC 3279 §2.2.3). */
export function signatureOctetsOf({ name }: SigningAlgorithm, signature: Buffer): Buffer {
  if (name !== 'ECDSA') return signature
  const half = signature.length / 2
  const content = Buffer.concat([
    integerOf(signature.subarray(0, half)),
    integerOf(signature.subarray(half)),
  ])
  // Of P-384, the longest here, 104 octets at most: the short form of lengths.
  return Buffer.concat([Buffer.of(0x30, content.length), content])
}

function integerOf(octets: Buffer): Buffer {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start += 1
  const natural = octets.subarray(start)
  const sign = (natural[0] ?? 0) >= 0x80 ? [0] : []
  return Buffer.concat([Buffer.of(2, natural.length + sign.length, ...sign), natural])
}
