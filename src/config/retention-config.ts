import { z } from 'zod'
import { defaultPayloadRetentionDays } from '../limits/log-archive.js'

const days = z.int().min(1).max(36_500)

/** How long payloads are kept before `sluice log erase` may take them: in general, and by service. */
export const retentionSchema = z.strictObject({
  payloadsDays: days.default(defaultPayloadRetentionDays),
  services: z.record(z.string().min(1).max(500), days).default({}),
})

export interface RetentionConfig {
  readonly payloadsDays: number
  readonly services: Readonly<Record<string, number>>
}
