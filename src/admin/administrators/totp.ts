import { hash, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import {
  recoveryCodeBytes,
  recoveryCodesMade,
  totpDigits,
  totpPeriodSeconds,
  totpSecretBytes,
  totpWindowSteps,
} from './limits.js'
import { groupedBase32 } from './one-time-password.js'

/** The secret of an administrator's one-time codes, as their device gets it (RFC 6238). */
export interface TotpSecret {
  readonly bytes: Buffer
  /** Base32, to be typed. */
  readonly text: string
  /** `otpauth://totp/…`, to be shown as a QR code. */
  readonly url: string
}

export function newTotpSecret(login: string, issuer: string): TotpSecret {
  const bytes = randomBytes(totpSecretBytes)
  const totp = totpOf(bytes, { issuer, label: login })
  return { bytes, text: totp.secret.base32, url: totp.toString() }
}

/**
 * Which time step a code is of (RFC 6238 §5.2), the present one or one beside it.
 * @returns undefined for a wrong code
 */
export function totpStepOf(secret: Uint8Array, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const timestamp = now.getTime()
  const delta = totpOf(secret).validate({ token: code, timestamp, window: totpWindowSteps })
  if (delta === null) return undefined
  return Math.floor(timestamp / 1_000 / totpPeriodSeconds) + delta
}

function totpOf(secret: Uint8Array, names: { issuer?: string; label?: string } = {}): TOTP {
  const buffer = Uint8Array.from(secret).buffer
  return new TOTP({
    ...names,
    secret: new Secret({ buffer }),
    // What every authenticator app can do.
    algorithm: 'SHA1',
    digits: totpDigits,
    period: totpPeriodSeconds,
  })
}

/** Codes for whoever loses their device: each is good for one login. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodesMade }, () =>
    groupedBase32(randomBytes(recoveryCodeBytes)),
  )
}

/**
 * 80 random bits are not found by trying, so a plain hash will do.
 * @param administrator - whose it is: two have no hash in common
 * @returns undefined for what is no recovery code
 */
export function recoveryCodeHash(administrator: string, code: string): Buffer | undefined {
  const letters = code.toUpperCase().replaceAll(/[\s-]/g, '')
  if (!/^[A-Z2-7]{16}$/.test(letters)) return undefined
  return hash('sha256', `${administrator} ${letters}`, 'buffer')
}
