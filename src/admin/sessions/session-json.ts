import { z } from 'zod'
import { passwordCharsMax } from '../administrators/limits.js'
import { roles } from '../permission.js'
import type { BegunSession } from './begin-session.js'
import type { SessionOverview } from './session.store.js'

/** A password as it is typed: what is longer was never taken. */
export const passwordText = z
  .string()
  .min(1)
  .max(4 * passwordCharsMax)

/** A code of the device, or a recovery code. */
export const codeText = z
  .string()
  .min(6)
  .max(32)
  .regex(/^[A-Za-z0-9 -]+$/)

/** How somebody logs in. */
export const loginSchema = z
  .union([
    z.strictObject({
      login: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/),
      password: passwordText,
      totp: codeText.optional(),
    }),
    z.strictObject({ certificate: z.literal(true) }),
  ])
  .meta({ id: 'Login', description: 'By password, or by the certificate of the TLS connection' })
export type LoginBody = z.output<typeof loginSchema>

export const begunSchema = z
  .object({ id: z.uuid(), token: z.string(), expiresAt: z.iso.datetime() })
  .meta({
    id: 'BegunSession',
    description: 'A session that has begun; its token is told this once',
  })

export function begunJson({ id, token, expiresAt }: BegunSession): z.output<typeof begunSchema> {
  return { id, token, expiresAt: expiresAt.toISOString() }
}

export const sessionSchema = z
  .object({
    id: z.uuid(),
    way: z.enum(['password', 'certificate', 'oidc']),
    addresses: z.array(z.string()),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' })

export function sessionJson(
  session: SessionOverview,
  currentId: string,
): z.output<typeof sessionSchema> {
  const { id, way, addresses, createdAt, lastSeenAt, endsAt } = session
  return {
    ...{ id, way },
    addresses: [...addresses],
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: endsAt.toISOString(),
    isCurrent: id === currentId,
  }
}

export const sessionListSchema = z.object({ items: z.array(sessionSchema) })

const optionalText = z.string().max(4_000).optional()

/** What an OpenID provider sends a browser back with; known extras are let pass, and not read. */
export const callbackQuery = z.strictObject({
  ...{ code: optionalText, state: optionalText, iss: optionalText, error: optionalText },
  ...{ error_description: optionalText, error_uri: optionalText, session_state: optionalText },
  ...{ scope: optionalText, authuser: optionalText, hd: optionalText, prompt: optionalText },
})

export const meSchema = z
  .object({
    id: z.uuid(),
    login: z.string(),
    name: z.string(),
    email: z.string().optional(),
    member: z.string().optional(),
    hasTotp: z.boolean(),
    sessionId: z.uuid(),
    roles: z.array(
      z.object({
        role: z.enum(roles),
        scope: z.string().optional(),
        from: z.iso.datetime(),
        until: z.iso.datetime().optional(),
      }),
    ),
    duties: z.array(z.enum(['changePassword', 'enrolTotp'])),
  })
  .meta({
    id: 'Me',
    description: 'Who is logged in. While a duty is left, none of the roles counts.',
  })

export const passwordChangeSchema = z.strictObject({
  password: passwordText,
  totp: codeText.optional(),
  newPassword: passwordText,
})
export const proofSchema = z.strictObject({ password: passwordText, totp: codeText.optional() })
export const totpSchema = z.object({ secret: z.string(), url: z.string() })
export const totpCodeSchema = z.strictObject({ code: z.string().regex(/^[0-9]{6}$/) })
export const recoveryCodesSchema = z.object({ recoveryCodes: z.array(z.string()) })

export const alertSchema = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    at: z.iso.datetime(),
    administrator: z.uuid().optional(),
    details: z.looseObject({}),
  })
  .meta({ id: 'Alert', description: 'What the security officers are told of; the id is the act’s' })

export const unconfirmedSchema = z
  .object({ member: z.string(), confirmedAt: z.iso.datetime().optional() })
  .meta({ id: 'UnconfirmedMember' })
