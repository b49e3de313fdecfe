import { createHash, type KeyObject } from 'node:crypto'

/** base64url SHA-256 of the SubjectPublicKeyInfo: what a key is known by. */
export function keyDigestOf(key: KeyObject | Uint8Array): string {
  const spki = key instanceof Uint8Array ? key : key.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('base64url')
}
