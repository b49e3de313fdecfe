import { z } from 'zod'
import { domainStatuses, type Domain } from '../../registry/domain.js'

/** An exchange domain as the API gives it. */
export const domainSchema = z
  .object({
    code: z.string(),
    name: z.object({ az: z.string(), en: z.string() }).optional(),
    status: z.enum(domainStatuses),
  })
  .meta({ id: 'Domain', description: 'An exchange domain' })

export function domainJson({ code, name, status }: Domain): z.infer<typeof domainSchema> {
  return { code, status, ...(name && { name }) }
}

/** In a path; the registry has the last word on what is a code. */
export const domainCode = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/)
