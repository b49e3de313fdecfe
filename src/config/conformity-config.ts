import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './env.js'

/** Where the connection desk's checks may go: `admin.conformity`. */
export const conformitySchema = z
  .strictObject({
    /** Networks (CIDR) that are not public and that applicants may live in all the same. */
    privateAddresses: z.array(z.string()).default([]),
    /** Authorities that endpoints are believed by, in PEM; Node's own list where it is absent. */
    authoritiesFile: z.string().optional(),
    /** Whether an endpoint without TLS is called; it fails TT-02 all the same. */
    plainHttp: z.boolean().default(false),
  })
  .prefault({})

export interface ConformityConfig {
  readonly privateAddresses: readonly string[]
  /** PEM. */
  readonly authorities: string | undefined
  readonly plainHttp: boolean
}

/** @throws ConfigError for a file that cannot be read */
export function conformityOf({
  privateAddresses,
  authoritiesFile,
  plainHttp,
}: z.infer<typeof conformitySchema>): ConformityConfig {
  return {
    ...{ privateAddresses, plainHttp },
    authorities: authoritiesFile === undefined ? undefined : textOf(resolve(authoritiesFile)),
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${path}: cannot be read`, { cause: error })
  }
}
