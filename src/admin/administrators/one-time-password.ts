import { randomBytes } from 'node:crypto'
import { Secret } from 'otpauth'
import { oneTimePasswordBytes } from './limits.js'

/** A random password to be told once, easy to read out: groups of four letters and digits. */
export function newOneTimePassword(): string {
  return groupedBase32(randomBytes(oneTimePasswordBytes))
}

/** Base32 (RFC 4648 §6) in groups of four. */
export function groupedBase32(bytes: Uint8Array): string {
  const { base32 } = new Secret({ buffer: Uint8Array.from(bytes).buffer })
  return base32.replace(/(.{4})(?=.)/g, '$1-')
}
