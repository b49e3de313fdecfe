import { z } from 'zod'
import { actReasonCharsMax } from '../limits/audit-log.js'

/** Why somebody does something, in their own words, for the audit log. */
export const reasonText = z
  .string()
  .min(1)
  .max(actReasonCharsMax)
  .refine((text) => text.trim() !== '' && text.isWellFormed(), {
    params: { az: 'səbəb yazılmalıdır', en: 'must say why' },
  })
  .meta({ description: 'Why, for the audit log' })
