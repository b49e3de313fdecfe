import { constants, verify, type KeyObject } from 'node:crypto'

const { RSA_PKCS1_PADDING: pkcs1, RSA_PKCS1_PSS_PADDING: pss } = constants
const digests = ['sha256', 'sha384', 'sha512'] as const

/** A way in which a key might have signed. */
export interface Form {
  readonly name: string
  readonly digest: string | null
  readonly options: {
    readonly padding?: number
    readonly dsaEncoding?: 'der' | 'ieee-p1363'
  }
}

/** Every way in which a key of this type might have signed. */
export function forms({ asymmetricKeyType }: KeyObject): Form[] {
  if (asymmetricKeyType === 'ed25519') return [{ name: 'Ed25519', digest: null, options: {} }]
  return digests.flatMap((digest): Form[] =>
    asymmetricKeyType === 'ec'
      ? [
          { name: `${digest}, r and s`, digest, options: { dsaEncoding: 'ieee-p1363' } },
          { name: `${digest}, DER`, digest, options: { dsaEncoding: 'der' } },
        ]
      : [
          { name: `${digest}, PKCS #1 v1.5`, digest, options: { padding: pkcs1 } },
          { name: `${digest}, PSS`, digest, options: { padding: pss } },
        ],
  )
}

/** Whether a signature fits these data, by node:crypto's own words; a key that does not take them fits nothing. */
export function verifies(
  digest: string | null,
  data: Buffer,
  key: Parameters<typeof verify>[2],
  signature: Uint8Array,
): boolean {
  try {
    return verify(digest, data, key, signature)
  } catch {
    return false
  }
}
