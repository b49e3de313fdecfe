import { resolve } from 'node:path'
import { z } from 'zod'
import { timestampAuthoritiesMax } from '../limits/signed-data.js'
import { ConfigError } from './env.js'

const authoritySchema = z.strictObject({
  /** Its name in evidence, health and metrics. */
  name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u),
  url: z.url({ protocol: /^https?$/ }),
  /** PEM: whoever vouches for its certificate. */
  trustFile: z.string(),
  /** Object identifier of the policy that its timestamps must be made under. */
  policy: z
    .string()
    .regex(/^[0-2](\.\d{1,39}){1,31}$/)
    .optional(),
})

export const timestampsSchema = z.strictObject({
  everyMs: z.int().min(1_000).max(86_400_000).default(60_000),
  /** Tried in this order; the bus's own, which is not independent, where none is named. */
  authorities: z.array(authoritySchema).max(timestampAuthoritiesMax).default([]),
})

/** A timestamping authority (RFC 3161) of somebody else. */
export type TimestampAuthorityConfig = Readonly<z.infer<typeof authoritySchema>>

/** How often checkpoints are stamped, and by whom. */
export interface TimestampsConfig {
  readonly everyMs: number
  readonly authorities: readonly TimestampAuthorityConfig[]
}

/** With absolute paths. @throws ConfigError where two authorities have one name */
export function timestampsOf(
  { everyMs, authorities }: z.infer<typeof timestampsSchema>,
  path: string,
): TimestampsConfig {
  if (new Set(authorities.map(({ name }) => name)).size < authorities.length) {
    throw new ConfigError(`${path}: evidence.timestamps.authorities: a name is there twice`)
  }
  return {
    everyMs,
    authorities: authorities.map((each) => ({ ...each, trustFile: resolve(each.trustFile) })),
  }
}
