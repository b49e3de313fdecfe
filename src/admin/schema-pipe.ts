import type { z } from 'zod'
import { problemPlacesMax } from './limits.js'
import { Problem } from './problem.js'
import { placeOfIssue } from './schema-issue.js'

interface Argument {
  readonly type: string
  readonly data?: unknown
  readonly schema?: unknown
}

/** Nest's pipe for every argument that has a schema: hands on what the schema makes of it. */
export class SchemaPipe {
  /** @throws Problem INVALID, with the places */
  transform(value: unknown, { type, data, schema }: Argument): unknown {
    if (schema === undefined) return value
    const result = (schema as z.ZodType).safeParse(value)
    if (result.success) return result.data
    const name = typeof data === 'string' ? data : undefined
    throw new Problem('INVALID', {
      errors: result.error.issues
        .slice(0, problemPlacesMax)
        .map((issue) => placeOfIssue(issue, type === 'body', name)),
    })
  }
}
