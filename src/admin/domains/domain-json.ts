import { z } from 'zod'
import { isSegment, segmentCharsMax } from '../../exchange/identifier.js'
import { domainStatuses, type Domain } from '../../registry/domain.js'
import { reasonText } from '../reason-text.js'

/** An exchange domain as the API gives it. */
export const domainSchema = z
  .object({
    code: z.string(),
    name: z.object({ az: z.string(), en: z.string() }).optional(),
    status: z.enum(domainStatuses),
  })
  .meta({ id: 'Domain', description: 'An exchange domain' })
export type DomainJson = z.infer<typeof domainSchema>

export function domainJson({ code, name, status }: Domain): DomainJson {
  return { code, status, ...(name && { name }) }
}

/** In a path. */
export const domainCode = z
  .string()
  .min(1)
  .max(segmentCharsMax)
  .refine(isSegment, {
    params: { az: 'domen kodu ola bilməz', en: 'cannot be the code of a domain' },
  })

/** Another status, and why. */
export const domainStatusChange = z
  .strictObject({ status: z.enum(domainStatuses), reason: reasonText })
  .meta({ id: 'DomainStatusChange' })
export type DomainStatusChange = z.infer<typeof domainStatusChange>
