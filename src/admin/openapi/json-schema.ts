import { z } from 'zod'

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 has them. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

/** What is taken: before defaults, and as text where it stands in an address. */
export function inputSchemaOf(schema: z.ZodType): JsonSchema {
  return convert(schema, 'input', 'throw')
}

/** What is given. @param unrepresentable - what becomes of that which JSON does not have */
export function outputSchemaOf(
  schema: z.ZodType,
  unrepresentable: 'throw' | 'any' = 'throw',
): JsonSchema {
  return convert(schema, 'output', unrepresentable)
}

function convert(
  schema: z.ZodType,
  io: 'input' | 'output',
  unrepresentable: 'throw' | 'any',
): JsonSchema {
  const converted = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable,
    override: ({ jsonSchema }) => {
      // Texts of numbers in addresses are described as the numbers they are.
      if (jsonSchema.type === 'integer') delete jsonSchema.pattern
    },
  })
  // OpenAPI 3.1 says of itself which dialect it has.
  delete converted.$schema
  return converted as JsonSchema
}
