import { z } from 'zod'
import { holderTypes } from '../../ca/certificate-profile.js'
import {
  reasonCodes,
  revocationReasons,
  type CertificateRecord,
  type Reason,
} from '../../ca/certificate-records.store.js'
import type { FiledRequest } from '../../ca/requests.store.js'
import { IdentifierError, parseSubsystemId } from '../../exchange/identifier.js'
import { pemOf } from '../../registry/declaration/certificate-file.js'
import { certificateStatuses } from '../../registry/certificate.js'
import { pageQuery } from '../paging.js'
import { reasonText } from '../reason-text.js'

const moment = z.string().meta({ format: 'date-time' })
const reasons = Object.keys(reasonCodes) as [Reason, ...Reason[]]
const nameCharsMax = 400
const noteCharsMax = 1_000
const pemCharsMax = 24_000

/** A certificate that the CA of the bus has issued. */
export const certificateSchema = z
  .object({
    serial: z.string(),
    thumbprint: z.string(),
    subsystem: z.string(),
    holder: z.enum(holderTypes),
    status: z.enum(certificateStatuses),
    statusAt: moment,
    reason: z.enum(reasons).optional(),
    heldBySuspension: z.boolean(),
    notBefore: moment,
    notAfter: moment,
    renews: z.string().optional(),
    requester: z.string(),
    issuedBy: z.string(),
    issuedAt: moment,
    pem: z.string(),
  })
  .meta({ id: 'Certificate' })
export type CertificateJson = z.infer<typeof certificateSchema>

export function certificateJson(record: CertificateRecord): CertificateJson {
  const { serial, thumbprint, subsystem, holder, status, reason, renews } = record
  const { requester, issuedBy, heldBySuspension } = record
  return {
    ...{ serial, thumbprint, subsystem, holder, status, heldBySuspension, requester, issuedBy },
    ...(reason !== undefined && { reason }),
    ...(renews !== undefined && { renews }),
    statusAt: record.statusAt.toISOString(),
    notBefore: record.notBefore.toISOString(),
    notAfter: record.notAfter.toISOString(),
    issuedAt: record.issuedAt.toISOString(),
    pem: pemOf(record.der),
  }
}

/** A request for a certificate that waits, or was decided upon. */
export const filedSchema = z
  .object({
    id: z.string(),
    subsystem: z.string(),
    status: z.enum(['open', 'issued', 'refused']),
    keyDigest: z.string(),
    csr: z.string(),
    renews: z.string().optional(),
    note: z.string().optional(),
    requester: z.string(),
    requestedAt: moment,
    decidedBy: z.string().optional(),
    decidedAt: moment.optional(),
    reason: z.string().optional(),
    serial: z.string().optional(),
  })
  .meta({ id: 'CertificateRequest' })
export type FiledJson = z.infer<typeof filedSchema>

export function filedJson(request: FiledRequest): FiledJson {
  const { id, subsystem, status, keyDigest, renews, note, requester, decidedBy, reason, serial } =
    request
  const base64 = request.csr.toString('base64').match(/.{1,64}/g) ?? []
  const head = 'CERTIFICATE REQUEST'
  const { decidedAt } = request
  return {
    ...{ id, subsystem, status, keyDigest, requester },
    csr: `-----BEGIN ${head}-----\n${base64.join('\n')}\n-----END ${head}-----\n`,
    requestedAt: request.requestedAt.toISOString(),
    ...(renews !== undefined && { renews }),
    ...(note !== undefined && { note }),
    ...(decidedBy !== undefined && { decidedBy }),
    ...(decidedAt !== undefined && { decidedAt: decidedAt.toISOString() }),
    ...(reason !== undefined && { reason }),
    ...(serial !== undefined && { serial }),
  }
}

const csrText = z
  .string()
  .min(1)
  .max(pemCharsMax)
  .meta({ description: 'PKCS #10 in PEM. Never a private key.' })

/** What asks for a certificate: the request of OpenSSL or its like, and why. */
export const certificateOrder = z
  .strictObject({
    csr: csrText,
    reason: reasonText.optional(),
    note: z.string().max(noteCharsMax).optional(),
  })
  .meta({ id: 'CertificateOrder' })
export type CertificateOrder = z.infer<typeof certificateOrder>

export const reasoned = z.strictObject({ reason: reasonText }).meta({ id: 'Reasoned' })
export type Reasoned = z.infer<typeof reasoned>

export const revocationOrder = z
  .strictObject({ reason: reasonText, code: z.enum(revocationReasons).default('unspecified') })
  .meta({ id: 'RevocationOrder' })
export type RevocationOrder = z.infer<typeof revocationOrder>

export const serialText = z.string().regex(/^[0-9a-f]{2,40}$/)
export const requestId = z.uuid()

/** In a path, percent-encoded. */
export const subsystemText = z
  .string()
  .max(nameCharsMax)
  .refine(isSubsystem, {
    params: { az: 'sistemin identifikatoru deyil', en: 'is no identifier of a system' },
  })

function isSubsystem(text: string): boolean {
  try {
    parseSubsystemId(text)
    return true
  } catch (error) {
    if (error instanceof IdentifierError) return false
    throw error
  }
}

export const certificateQuery = pageQuery.extend({
  subsystem: subsystemText.optional(),
  status: z.enum(certificateStatuses).optional(),
})
export type CertificateQuery = z.infer<typeof certificateQuery>

export const requestQuery = pageQuery.extend({
  subsystem: subsystemText.optional(),
  status: z.enum(['open', 'issued', 'refused']).optional(),
})
export type RequestQuery = z.infer<typeof requestQuery>

const month = z.string().regex(/^20[0-9]{2}-(?:0[1-9]|1[0-2])$/)

export const statisticsQuery = z.strictObject({ from: month.optional(), until: month.optional() })
export type StatisticsQuery = z.infer<typeof statisticsQuery>

export const statisticsSchema = z
  .object({
    items: z.array(
      z.object({
        month: z.string(),
        holder: z.enum(holderTypes),
        issued: z.number(),
        active: z.number(),
      }),
    ),
  })
  .meta({ id: 'CertificateStatistics' })
export type StatisticsJson = z.infer<typeof statisticsSchema>
