import { messagePart, type FileFace, type FilePlace } from '../mediation/file-face.js'
import type { JsonSchemas } from '../mediation/json-schema.js'
import type { ElementProperty } from '../mediation/shape.js'
import type { JsonSchema } from '../openapi/openapi-model.js'

type SchemaObject = Readonly<Record<string, unknown>>

const jsonType = 'application/json'

/** What a message of a SOAP service consists of where REST sees it: schemas by media type. */
export function messageContent(
  root: ElementProperty,
  face: FileFace,
  schemas: JsonSchemas,
): ReadonlyMap<string, JsonSchema> {
  const message = schemas.of(root)
  const { form, parts, places } = face
  const hasFiles = parts.length > 0 || places.length > 0
  if (!hasFiles || form === 'none') return new Map([[jsonType, message]])
  if (form === 'base64') return new Map([[jsonType, withParts(message, face, schemas)]])
  const files: [string, JsonSchema][] = []
  const required = [messagePart]
  let json: JsonSchema = message
  for (const place of places) {
    const { schema, wasRequired } = withOptional(json, place.path, schemas)
    json = schema
    if (wasRequired) required.push(place.name)
    files.push([place.name, fileOf(place)])
  }
  for (const { part, mediaTypes } of parts) {
    files.push([part, { ...binary, ...mediaTypesIn(mediaTypes) }])
    required.push(part)
  }
  // No name is special here.
  const properties = Object.fromEntries([[messagePart, json], ...files])
  const whole = { type: 'object', properties, required, additionalProperties: false }
  const isPlainToo = required.length === 1
  return new Map<string, JsonSchema>([
    ['multipart/form-data', whole],
    ...(isPlainToo ? ([[jsonType, message]] as const) : []),
  ])
}

const binary = { type: 'string', format: 'binary' }

function fileOf({ isArray }: FilePlace): JsonSchema {
  return isArray ? { type: 'array', items: binary } : binary
}

function mediaTypesIn(mediaTypes: readonly string[]): SchemaObject {
  return mediaTypes.length === 0 ? {} : { description: mediaTypes.join(', ') }
}

/** The message with a member for each attachment. */
function withParts(message: JsonSchema, { parts }: FileFace, schemas: JsonSchemas): JsonSchema {
  const object = resolved(message, schemas)
  if (object === undefined) throw new RangeError('a message with attachments that is no object')
  const members = parts.map(({ part, mediaTypes }) => [
    part,
    {
      type: 'object',
      properties: {
        mediaType: { type: 'string', ...mediaTypesIn(mediaTypes) },
        content: { type: 'string', format: 'byte' },
      },
      required: ['mediaType', 'content'],
      additionalProperties: false,
    },
  ])
  return {
    ...object,
    properties: { ...propertiesOf(object), ...(Object.fromEntries(members) as SchemaObject) },
    required: [...requiredOf(object), ...parts.map(({ part }) => part)],
  }
}

/** The same schema in which one value may be absent, and whether it might not be before. */
function withOptional(
  schema: JsonSchema,
  [name = '', ...rest]: readonly string[],
  schemas: JsonSchemas,
): { readonly schema: JsonSchema; readonly wasRequired: boolean } {
  const object = resolved(schema, schemas)
  const inner = object && (propertiesOf(object)[name] as JsonSchema | undefined)
  if (object === undefined || inner === undefined) return { schema, wasRequired: false }
  const isRequired = requiredOf(object).includes(name)
  if (rest.length > 0) {
    const inside = withOptional(inner, rest, schemas)
    const properties = { ...propertiesOf(object), [name]: inside.schema }
    return { schema: { ...object, properties }, wasRequired: isRequired && inside.wasRequired }
  }
  const required = requiredOf(object).filter((each) => each !== name)
  // Nil stays in the JSON.
  const mayBeNil = JSON.stringify(inner).includes('"null"')
  return {
    // An empty list is none in OpenAPI 3.0.
    schema: { ...object, required: required.length === 0 ? undefined : required },
    wasRequired: isRequired && !mayBeNil,
  }
}

/** An object's schema itself, where it is named or described elsewhere; undefined for what is no object. */
function resolved(schema: JsonSchema, schemas: JsonSchemas): SchemaObject | undefined {
  if (typeof schema === 'boolean') return undefined
  const { $ref, allOf, ...others } = schema
  const [only] = Array.isArray(allOf) ? (allOf as JsonSchema[]) : []
  if (only !== undefined) {
    const inner = resolved(only, schemas)
    return inner && { ...inner, ...others }
  }
  if (typeof $ref !== 'string') return schema['type'] === 'object' ? schema : undefined
  const definition = schemas.definitions.get($ref.slice($ref.lastIndexOf('/') + 1))
  return definition === undefined ? undefined : resolved(definition, schemas)
}

function propertiesOf(object: SchemaObject): SchemaObject {
  return (object['properties'] ?? {}) as SchemaObject
}

function requiredOf(object: SchemaObject): readonly string[] {
  return (object['required'] ?? []) as readonly string[]
}
