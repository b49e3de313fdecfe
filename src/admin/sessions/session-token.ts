import { hash, randomBytes } from 'node:crypto'

const tokenBytes = 32

/** A new secret of 256 bits, for one session: it says nothing, and nobody can guess it. */
export function newToken(): string {
  return randomBytes(tokenBytes).toString('base64url')
}

/** What the database has of it. @returns undefined for what is no such secret */
export function tokenHash(token: string): Buffer | undefined {
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? hash('sha256', token, 'buffer') : undefined
}
