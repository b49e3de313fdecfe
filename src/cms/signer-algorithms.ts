import { AlgorithmIdentifier } from '@peculiar/asn1-x509'
import type { KeyObject } from 'node:crypto'

/** What data are signed with. */
export interface SignerAlgorithms {
  /** node's name. */
  readonly digest: string
  readonly signature: AlgorithmIdentifier
}

/** @throws TypeError for a key that is not RSA, P-256, P-384 or Ed25519 */
export function signerAlgorithms(key: KeyObject): SignerAlgorithms {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  // RFC 4055 §5 wants NULL.
  if (type === 'rsa') return withOid('sha256', '1.2.840.113549.1.1.11', { parameters: null })
  // RFC 8419 §3.1 wants this digest.
  if (type === 'ed25519') return withOid('sha512', '1.3.101.112')
  const curve = details?.namedCurve
  if (curve === 'prime256v1') return withOid('sha256', '1.2.840.10045.4.3.2')
  if (curve === 'secp384r1') return withOid('sha384', '1.2.840.10045.4.3.3')
  throw new TypeError('a key of this type cannot sign data')
}

function withOid(
  digest: string,
  algorithm: string,
  parameters: { readonly parameters?: null } = {},
): SignerAlgorithms {
  return { digest, signature: new AlgorithmIdentifier({ algorithm, ...parameters }) }
}
