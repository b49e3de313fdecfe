import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject } from 'ajv'
import type { Node, PlainRecord } from './contract-tree.js'
import type { Problems } from './openapi-error.js'
import type { JsonSchema } from './openapi-model.js'

/** Compiles the schema of a version once, when it is first asked for. */
const official = new Validator({ logger: false })
const metaSchema = new Ajv2020({ strict: false, logger: false })

/** Holds the main file to the schema that the OpenAPI Initiative publishes for its version. */
export async function checkOfficially(document: Node, problems: Problems): Promise<void> {
  try {
    // It deletes and adds members as it likes.
    const copy = structuredClone(document.value) as PlainRecord
    const { valid, errors } = await official.validate(copy)
    // A text is about references, of which it knows those within one file only.
    if (valid || typeof errors === 'string') return
    for (const error of innermost(errors ?? [])) {
      problems.add(placeOf(document, error), 'official', termOf(error))
    }
  } catch (error) {
    // Its comparing of objects fails on names like `valueOf`.
    problems.add(document, 'official', error instanceof Error ? error.name : '')
  }
}

/** Holds a schema to the meta-schema of draft 2020-12. `place` is where it comes from. */
export function checkAsSchema(schema: JsonSchema, place: Node, problems: Problems): void {
  try {
    if (metaSchema.validateSchema(schema) === true) return
    for (const error of innermost(metaSchema.errors ?? [])) {
      problems.add(placeOf(place, error), 'schema', termOf(error))
    }
  } catch (error) {
    problems.add(place, 'schema', error instanceof Error ? error.name : '')
  }
}

function placeOf({ file, pointer }: Node, error: ErrorObject): { file: string; pointer: string } {
  return { file, pointer: `${pointer}${error.instancePath}` }
}

/** Of a wrong alternative every alternative is told of; the places deepest in the document are the ones that help. */
function innermost(errors: readonly ErrorObject[]): ErrorObject[] {
  const depth = (error: ErrorObject): number => error.instancePath.split('/').length
  const deepest = Math.max(...errors.map(depth))
  const told = errors.filter((error) => depth(error) === deepest && error.keyword !== '$ref')
  return told.length > 0 ? told : [...errors]
}

function termOf({ message, params }: ErrorObject): string {
  const names = Object.values(params as PlainRecord).filter((value) => typeof value === 'string')
  return [message ?? '', ...names.slice(0, 1)].join(' ')
}
