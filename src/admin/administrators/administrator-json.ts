import { z } from 'zod'
import { roles } from '../permission.js'
import { loginPattern, type Administrator } from './administrator.js'
import { certificatePemCharsMax, handoverOfficersMax, oidcSubjectCharsMax } from './limits.js'
import type { Handover, StoredAssignment } from './role-assignment.store.js'
import { emailText, idText, lineText, memberText, nameText, timeText } from './texts.js'

export const administratorSchema = z
  .object({
    id: z.uuid(),
    login: z.string(),
    name: z.string(),
    email: z.string().optional(),
    member: z.string().optional(),
    status: z.enum(['active', 'disabled']),
    hasPassword: z.boolean(),
    mustChangePassword: z.boolean(),
    hasTotp: z.boolean(),
    lockedUntil: z.iso.datetime().optional(),
    openId: z.object({ issuer: z.string(), subject: z.string() }).optional(),
    certificates: z.array(
      z.object({
        thumbprint: z.string().meta({ description: 'SHA-256 of its DER, base64url' }),
        subject: z.string(),
        expiresAt: z.iso.datetime(),
        addedAt: z.iso.datetime(),
      }),
    ),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Administrator', description: 'Who may log in to the admin API' })
export type AdministratorJson = z.output<typeof administratorSchema>

export const withPasswordSchema = z
  .object({
    administrator: administratorSchema,
    oneTimePassword: z.string().meta({ description: 'Told this once; changed at the first login' }),
  })
  .meta({ id: 'AdministratorWithPassword' })

export function administratorJson(administrator: Administrator): AdministratorJson {
  const { id, login, name, email, member, status, lockedUntil, oidc } = administrator
  const { hasPassword, mustChangePassword, hasTotp } = administrator
  return {
    ...{ id, login, name, status, hasPassword, mustChangePassword, hasTotp },
    ...(email !== undefined && { email }),
    ...(member !== undefined && { member }),
    ...(lockedUntil !== undefined && { lockedUntil: lockedUntil.toISOString() }),
    ...(oidc !== undefined && { openId: oidc }),
    certificates: administrator.certificates.map(({ expiresAt, addedAt, ...rest }) => ({
      ...rest,
      expiresAt: expiresAt.toISOString(),
      addedAt: addedAt.toISOString(),
    })),
    createdAt: administrator.createdAt.toISOString(),
  }
}

const described = {
  name: nameText,
  email: emailText.optional(),
  member: memberText.optional().meta({ description: 'Whose person this is' }),
}
export const newAdministratorSchema = z
  .strictObject({ login: z.string().regex(loginPattern), ...described })
  .meta({ id: 'NewAdministrator' })
export const describedSchema = z.strictObject(described).meta({ id: 'AdministratorDescription' })

export const certificateSchema = z.strictObject({
  certificate: z.string().min(1).max(certificatePemCharsMax).meta({ description: 'PEM' }),
})
export const thumbprintText = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
export const openIdSchema = z.strictObject({
  subject: lineText(oidcSubjectCharsMax).optional().meta({ description: 'Left out to unbind' }),
})

export const assignmentSchema = z
  .object({
    id: z.uuid(),
    administrator: z.uuid(),
    role: z.enum(roles),
    scope: z.string().optional(),
    from: z.iso.datetime(),
    until: z.iso.datetime().optional(),
    grantedBy: z.uuid().optional(),
    act: z.uuid(),
  })
  .meta({ id: 'RoleAssignment', description: 'In force from `from` until just before `until`' })
export type AssignmentJson = z.output<typeof assignmentSchema>

export function assignmentJson(assignment: StoredAssignment): AssignmentJson {
  const { id, administrator, role, scope, from, until, grantedBy, act } = assignment
  return {
    ...{ id, administrator, role, act },
    ...(scope !== undefined && { scope }),
    from: from.toISOString(),
    ...(until !== undefined && { until: until.toISOString() }),
    ...(grantedBy !== undefined && { grantedBy }),
  }
}

export const newAssignmentSchema = z
  .strictObject({
    administrator: idText,
    role: z.enum(roles),
    scope: lineText(400)
      .optional()
      .meta({ description: 'Member of a MEMBER_ADMIN, domain of a FOUNDER_ADMIN' }),
    from: timeText.optional(),
    until: timeText.optional(),
  })
  .meta({ id: 'NewRoleAssignment' })
export const endSchema = z.strictObject({ until: timeText.optional() }).meta({ id: 'RoleEnd' })

export const handoverSchema = z
  .object({
    id: z.uuid(),
    operator: z.string(),
    from: z.iso.datetime(),
    madeAt: z.iso.datetime(),
    act: z.uuid(),
  })
  .meta({ id: 'OperatorHandover' })

export function handoverJson({ from, madeAt, ...rest }: Handover): z.output<typeof handoverSchema> {
  return { ...rest, from: from.toISOString(), madeAt: madeAt.toISOString() }
}

export const newHandoverSchema = z
  .strictObject({
    operator: memberText.meta({ description: 'The member that operates the bus from then on' }),
    officers: z
      .array(idText)
      .min(1)
      .max(handoverOfficersMax)
      .meta({ description: 'Administrators of the new operator' }),
    from: timeText.optional(),
  })
  .meta({ id: 'NewOperatorHandover' })
