import { z } from 'zod'
import {
  authorityRoles,
  authorityStatuses,
  revocationMethods,
  unreachablePolicies,
} from '../../registry/authority.js'
import type { Authority } from '../../registry/authority.js'
import { pemOf } from '../../registry/declaration/certificate-file.js'
import { reasonText } from '../reason-text.js'

const nameCharsMax = 100
const addressCharsMax = 1_000
const pemCharsMax = 100_000

export const authorityName = z.string().min(1).max(nameCharsMax)

/** A certification authority whose certificates the bus accepts, or has accepted. */
export const authoritySchema = z
  .object({
    name: z.string(),
    thumbprint: z.string(),
    role: z.enum(authorityRoles),
    revocation: z.enum(revocationMethods),
    crl: z.string().optional(),
    ocsp: z.string().optional(),
    unreachable: z.enum(unreachablePolicies),
    status: z.enum(authorityStatuses),
    pem: z.string(),
  })
  .meta({ id: 'Authority' })
export type AuthorityJson = z.infer<typeof authoritySchema>

export function authorityJson(authority: Authority): AuthorityJson {
  const { name, thumbprint, role, revocation, crl, ocsp, unreachable, status, der } = authority
  return {
    ...{ name, thumbprint, role, revocation, unreachable, status, pem: pemOf(der) },
    ...(crl !== undefined && { crl }),
    ...(ocsp !== undefined && { ocsp }),
  }
}

/** Asked over the network: a path would be one of the node's own files. */
const sourceAddress = z.url({ protocol: /^https?$/ }).max(addressCharsMax)

export const newAuthority = z
  .strictObject({
    name: authorityName,
    pem: z.string().min(1).max(pemCharsMax),
    role: z.enum(authorityRoles),
    revocation: z.enum(revocationMethods),
    crl: sourceAddress.optional(),
    ocsp: sourceAddress.optional(),
    unreachable: z.enum(unreachablePolicies).optional(),
    reason: reasonText,
  })
  .meta({ id: 'NewAuthority' })
export type NewAuthority = z.infer<typeof newAuthority>

export const authorityChange = z
  .strictObject({
    revocation: z.enum(revocationMethods).optional(),
    crl: sourceAddress.nullable().optional(),
    ocsp: sourceAddress.nullable().optional(),
    unreachable: z.enum(unreachablePolicies).optional(),
    status: z.enum(authorityStatuses).optional(),
    reason: reasonText,
  })
  .meta({ id: 'AuthorityChange' })
export type AuthorityChange = z.infer<typeof authorityChange>
