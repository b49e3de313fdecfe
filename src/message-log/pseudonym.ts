import { createHmac, type KeyObject } from 'node:crypto'

/**
 * The same person gets the same pseudonym, and only the holder of the key, which is kept outside
 * the database, can say whose it is. The label keeps the pseudonyms of different roles apart.
 */
export function pseudonymOf(
  label: 'subject' | 'party',
  value: string | undefined,
  key: KeyObject,
): string | undefined {
  if (value === undefined) return undefined
  return createHmac('sha256', key).update(`${label}\0${value}`).digest('base64url')
}
