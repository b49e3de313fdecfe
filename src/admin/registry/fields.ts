import { z } from 'zod'
import { isSegment } from '../../exchange/identifier.js'
import { reasonText } from '../reason-text.js'
import {
  allowedClassifications,
  assurances,
  exchangeModes,
  exchangePatterns,
  providerSignatures,
  serviceStatuses,
  soapHandlings,
  subjectTypes,
} from '../../registry/service.js'
import { accessRightStatuses } from '../../registry/access-right.js'
import { validationLevels } from '../../registry/contract.js'
import { partyStatuses } from '../../registry/member.js'
import { replySignatures } from '../../registry/subsystem.js'
import { announced } from './maintenance-status.js'

/**
 * What a request may say of entries of the registry. The schemas describe; whether it is right in every part is said by
 * the reader of declarations, whose rules are the same for files and for requests.
 */

/** An identifier of the registry, such as `AZ/GOV/DIN/GCQ`. */
export const identifier = z
  .string()
  .min(1)
  .max(600)
  .regex(/^[^\p{Cc}]+$/u)

export const text = z.string().min(1).max(2_000)
export const code = z.string().min(1).max(100)
/** A part of an identifier that begins with what stands before it. */
export const segment = code.refine(isSegment, {
  params: { az: 'identifikatorun bir hissəsi deyil', en: 'is no segment of an identifier' },
})
/** A day of the country, or a moment with its offset (RFC 3339). */
export const momentText = z.string().min(10).max(40)
export const bilingual = z.strictObject({ az: text, en: text })
const pointer = z.string().min(2).max(500)
const count = z.int().min(1).max(1_000_000_000)

export const memberClass = z.enum(['GOV', 'MUN', 'COM', 'PUB'])

export const memberFields = z
  .strictObject({ name: bilingual, successor: identifier.nullable() })
  .partial()
export const newMember = memberFields
  .required({ name: true })
  .extend({ class: memberClass, code: segment })

export const subsystemFields = z
  .strictObject({
    domain: code,
    name: bilingual,
    replySignature: z.enum(replySignatures),
    mq: z.boolean(),
    successor: identifier.nullable(),
    important: z.boolean(),
    archivePlace: text.nullable(),
    zones: z.array(code).max(16),
    clientCertificate: z.boolean(),
    assertsUsers: z.boolean(),
  })
  .partial()
export const newSubsystem = subsystemFields
  .required({ domain: true, name: true })
  .extend({ member: identifier, code: segment })

export const serviceFields = z
  .strictObject({
    name: bilingual.nullable(),
    default: z.boolean(),
    protocol: code,
    address: text,
    modes: z.array(z.enum(exchangeModes)).max(2),
    pattern: z.enum(exchangePatterns),
    idempotent: z.boolean(),
    providerSignature: z.enum(providerSignatures),
    soap: z
      .strictObject({
        securityHeader: z.enum(soapHandlings),
        xroadHeaders: z.enum(soapHandlings),
        action: text.nullable(),
      })
      .partial()
      .nullable(),
    contract: z.strictObject({ digest: z.string().length(43) }).nullable(),
    validation: z
      .strictObject({ request: z.enum(validationLevels), reply: z.enum(validationLevels) })
      .partial(),
    classification: z.enum(allowedClassifications),
    limits: z
      .strictObject({
        timeLimitMs: count,
        requestBytesMax: count,
        replyBytesMax: count,
        concurrentMax: count,
      })
      .partial(),
    subjects: z
      .array(
        z.strictObject({
          type: z.enum(subjectTypes),
          request: pointer,
          reply: pointer.nullable().optional(),
        }),
      )
      .max(8),
    assurance: z.enum(assurances).nullable(),
    rate: z.strictObject({ perSecond: count, burst: count.optional() }).nullable(),
    successor: identifier.nullable(),
    deprecatedFrom: momentText.nullable(),
  })
  .partial()
export const newService = serviceFields
  .required({ protocol: true, address: true, modes: true })
  .extend({ subsystem: identifier, code: segment, version: z.string().min(2).max(5) })

export const accessRightFields = z
  .strictObject({
    legalBasis: text,
    purpose: text,
    from: momentText,
    until: momentText.nullable(),
    modes: z.array(z.enum(exchangeModes)).max(2),
    status: z.enum(accessRightStatuses),
    omit: z.array(pointer).max(64),
    dailyQuota: count.nullable(),
  })
  .partial()
export const newAccessRight = accessRightFields
  .required({ legalBasis: true, purpose: true, from: true, modes: true })
  .extend({ id: code.optional(), consumer: identifier, service: identifier })

/** A change of standing, with its ground. */
export const partyStatusChange = z.strictObject({
  status: z.enum(partyStatuses),
  reason: reasonText,
  successor: identifier.optional(),
  archivePlace: text.optional(),
})

/** Works have their own way, which tells of them and counts the notice. */
const serviceStanding = z
  .enum(serviceStatuses)
  .refine((status) => status !== 'maintenance', { params: announced })
  .meta({ enum: serviceStatuses.filter((status) => status !== 'maintenance') })

export const serviceStatusChange = z.strictObject({
  status: serviceStanding,
  reason: reasonText,
  successor: identifier.optional(),
})
