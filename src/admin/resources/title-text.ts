import { z } from 'zod'
import { resourceAreaLimits } from './limits.js'

/** What somebody calls a table or a list. */
export const titleText = z
  .string()
  .min(1)
  .max(resourceAreaLimits.titleCharsMax)
  .regex(/^[^\p{Cc}]+$/u)
  .refine((text) => text.isWellFormed(), {
    params: { az: 'mətn düzgün deyil', en: 'is no well-formed text' },
  })
