import { child, isRecord, membersOf, textOf, type Node } from './contract-tree.js'
import { essenceOf, isJson, isSupported } from './media-types.js'
import type { Problems } from './openapi-error.js'
import type { JsonSchema, OpenApiBody, OpenApiResponse } from './openapi-model.js'
import type { SchemaReader } from './read-schema.js'
import type { References } from './references.js'

const status = /^(?:[1-5](?:[0-9]{2}|XX)|default)$/

/** What the readers of the parts of a description share. */
export interface Reading {
  readonly references: References
  readonly schemas: SchemaReader
  readonly problems: Problems
}

/** A Request Body Object, or undefined where there is none. */
export function readBody(reading: Reading, node: Node): OpenApiBody | undefined {
  const body = node.value === undefined ? undefined : reading.references.resolved(node)
  if (body === undefined) return undefined
  const content = readContent(reading, child(body, 'content'))
  if (content.size === 0) reading.problems.add(body, 'missing', 'content')
  return { isRequired: child(body, 'required').value === true, content }
}

/** A Responses Object. */
export function readResponses(reading: Reading, node: Node): ReadonlyMap<string, OpenApiResponse> {
  const responses = new Map<string, OpenApiResponse>()
  for (const [name, member] of membersOf(node)) {
    if (!status.test(name)) {
      reading.problems.add(member, 'unsupported', name)
      continue
    }
    const response = reading.references.resolved(member)
    if (response === undefined) continue
    responses.set(name, {
      description: textOf(response, 'description') ?? '',
      content: readContent(reading, child(response, 'content')),
    })
  }
  if (responses.size === 0) reading.problems.add(node, 'missing', 'responses')
  return responses
}

function readContent(reading: Reading, node: Node): Map<string, JsonSchema> {
  const content = new Map<string, JsonSchema>()
  for (const [name, member] of membersOf(node)) {
    const mediaType = essenceOf(name)
    if (!isSupported(mediaType)) reading.problems.add(member, 'mediaType', name)
    else if (content.has(mediaType)) reading.problems.add(member, 'twice', mediaType)
    else content.set(mediaType, readMediaType(reading, member, mediaType))
  }
  return content
}

function readMediaType({ schemas, problems }: Reading, node: Node, mediaType: string): JsonSchema {
  const schema = child(node, 'schema')
  for (const [name, encoding] of membersOf(child(node, 'encoding'))) {
    if (
      isRecord(encoding.value) &&
      ['headers', 'style', 'explode'].some((key) => key in (encoding.value as object))
    ) {
      problems.add(encoding, 'unsupported', `encoding ${name}`)
    }
  }
  if (schema.value !== undefined) return schemas.read(schema)
  // Bytes need no more to be said of them; of JSON the contract would say nothing.
  if (mediaType !== 'application/octet-stream') {
    problems.add(node, 'missing', isJson(mediaType) ? 'schema' : 'schema (multipart)')
  }
  return true
}
