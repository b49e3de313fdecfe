import { isUtf8 } from 'node:buffer'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { mappingLimits } from '../limits/mediation.js'
import { nestsTooDeeply } from '../registry/declaration/yaml-depth.js'
import { MappingError, problem } from './mapping-problem.js'

const text = z.string().max(mappingLimits.textCharsMax)
/** Steps of names, each behind a slash. */
const path = text.regex(/^(?:\/|(?:\/[^/[\]\s]+)+)$/, 'must be names, each behind a "/"')

const ruleSchema = z.strictObject({
  /** In XML names without indexes, from the element in the Body: `/Vesiqe/@nomre`. */
  path,
  /** The property in JSON. */
  name: text.min(1).optional(),
  /** Not in JSON; always written. */
  constant: z.union([text, z.int(), z.boolean()]).optional(),
  /** Another place in the JSON, from its root. */
  move: path.optional(),
  /** Stands for a value that is absent. */
  default: z.union([text, z.number(), z.boolean()]).optional(),
  as: z.enum(['number', 'string']).optional(),
  /** The notation of a date in XML; in JSON it is ISO 8601. */
  format: text.optional(),
  /** The element is the array of its one repeated child. */
  unwrap: z.literal(true).optional(),
  /** Not in JSON, of a reply alone; the reason is for those who read the contract. */
  ignore: z.literal(true).optional(),
  reason: text.min(1).optional(),
})

const rules = z.array(ruleSchema).max(mappingLimits.rulesMax).default([])

const refinementSchema = z.strictObject({
  /** Version of this format. */
  mapping: z.literal(1),
  names: z.enum(['asIs', 'lowerFirst']).default('asIs'),
  request: rules,
  reply: rules,
  faults: z
    .array(
      z.strictObject({
        /** As the WSDL names it. */
        fault: text,
        status: z.int().min(400).max(499).default(422),
        rules,
      }),
    )
    .max(mappingLimits.rulesMax)
    .default([]),
})

/** One rule of `mapping.yaml`. */
export type Rule = z.infer<typeof ruleSchema>

/** What a `mapping.yaml` says; README has the rules. */
export type Refinement = z.infer<typeof refinementSchema>

/** A service without `mapping.yaml`. */
export const noRefinement: Refinement = refinementSchema.parse({ mapping: 1 })

/**
 * Reads a `mapping.yaml`.
 * @throws MappingError
 */
export function readRefinement(octets: Uint8Array): Refinement {
  if (octets.length > mappingLimits.refinementBytesMax) {
    throw malformed([`more than ${mappingLimits.refinementBytesMax} bytes`])
  }
  if (!isUtf8(octets)) throw malformed(['not UTF-8'])
  const source = Buffer.from(octets).toString('utf8')
  if (nestsTooDeeply(source)) throw malformed(['nested too deeply'])
  const document = parseDocument(source, { version: '1.2' })
  if (document.errors.length > 0) throw malformed(document.errors.map(({ message }) => message))
  const result = refinementSchema.safeParse(withoutAliases(document))
  if (result.success) return result.data
  throw malformed(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
}

/** An alias may stand for more than there is room for; no mapping needs one. */
function withoutAliases(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    throw malformed([error instanceof Error ? error.message : 'no YAML'])
  }
}

function malformed(reasons: readonly string[]): MappingError {
  return new MappingError(
    reasons.map((reason) => ({ path: 'mapping.yaml', ...problem('malformed', reason) })),
  )
}
