import { child, isRecord, itemsOf, textOf, type Node, type PlainRecord } from './contract-tree.js'
import type { JsonSchema, OpenApiParameter } from './openapi-model.js'
import type { Reading } from './read-content.js'
import { definitionName } from './schema-cycles.js'

/** OpenAPI 3.0.3 §4.7.12.1: definitions of these header parameters shall be ignored. */
const notParameters = new Set(['accept', 'content-type', 'authorization'])

const defaultStyle = { path: 'simple', header: 'simple', query: 'form' } as const
const scalarTypes: ReadonlySet<unknown> = new Set(['string', 'integer', 'number', 'boolean'])

type Scalar = OpenApiParameter['valueType']

/** The parameters of an operation: those of its path too, where it does not define them anew. */
export function readParameters(
  reading: Reading,
  ofPath: Node,
  ofOperation: Node,
): OpenApiParameter[] {
  const found = new Map<string, OpenApiParameter>()
  for (const list of [ofPath, ofOperation]) {
    const ofThisList = new Set<string>()
    for (const item of itemsOf(list)) {
      const parameter = readParameter(reading, item)
      if (parameter === undefined) continue
      const key = `${parameter.place} ${parameter.name}`
      if (ofThisList.has(key)) reading.problems.add(item, 'twice', key)
      ofThisList.add(key)
      found.set(key, parameter)
    }
  }
  return [...found.values()]
}

function readParameter(reading: Reading, item: Node): OpenApiParameter | undefined {
  const { problems } = reading
  const node = reading.references.resolved(item)
  if (node === undefined) return undefined
  const name = textOf(node, 'name') ?? ''
  const place = textOf(node, 'in')
  if (name === '') problems.add(node, 'missing', 'name')
  if (place !== 'path' && place !== 'query' && place !== 'header') {
    problems.add(node, 'unsupported', `in: ${place ?? ''}`)
    return undefined
  }
  const lowerName = name.toLowerCase()
  if (place === 'header' && notParameters.has(lowerName)) return undefined
  const isRequired = child(node, 'required').value === true
  if (place === 'path' && !isRequired) problems.add(node, 'missing', 'required: true')
  checkForm(reading, node, defaultStyle[place])
  const schemaNode = child(node, 'schema')
  if (schemaNode.value === undefined) {
    problems.add(node, 'missing', 'schema')
    return undefined
  }
  const schema = reading.schemas.read(schemaNode)
  const type = parameterType(reading, schema)
  if (type === undefined) problems.add(schemaNode, 'parameterType', name)
  const isExploded = child(node, 'explode').value ?? place === 'query'
  const list = isExploded === true && place === 'query' ? 'repeated' : 'commas'
  return {
    name: place === 'header' ? lowerName : name,
    place,
    isRequired,
    schema,
    valueType: type?.scalar ?? 'string',
    list: type?.isList === true ? list : undefined,
  }
}

function checkForm({ problems }: Reading, node: Node, style: string): void {
  const given = child(node, 'style')
  if (given.value !== undefined && given.value !== style) {
    problems.add(given, 'unsupported', `style: ${textOf(node, 'style') ?? ''}`)
  }
  for (const keyword of ['allowReserved', 'allowEmptyValue']) {
    if (child(node, keyword).value === true) problems.add(node, 'unsupported', keyword)
  }
  if (child(node, 'content').value !== undefined) problems.add(node, 'unsupported', 'content')
}

function parameterType(
  reading: Reading,
  schema: JsonSchema,
): { readonly scalar: Scalar; readonly isList: boolean } | undefined {
  const direct = followed(reading, schema)
  const type = typeOf(direct)
  if (isScalar(type)) return { scalar: type, isList: false }
  if (type !== 'array' || direct === undefined) return undefined
  const itemType = typeOf(followed(reading, direct['items'] as JsonSchema | undefined))
  return isScalar(itemType) ? { scalar: itemType, isList: true } : undefined
}

function followed(reading: Reading, schema: JsonSchema | undefined): PlainRecord | undefined {
  let at: unknown = schema
  // Those that never end are refused elsewhere.
  for (let hops = 0; hops < 16 && isRecord(at) && typeof at['$ref'] === 'string'; hops++) {
    const place = reading.schemas.placeOf(definitionName(at['$ref']))
    at = place === undefined ? undefined : reading.schemas.read(place)
  }
  return isRecord(at) ? at : undefined
}

/** The one type that a text can stand for: a parameter has no null. */
function typeOf(schema: PlainRecord | undefined): unknown {
  const type = schema?.['type']
  if (!Array.isArray(type)) return type
  const types: unknown[] = type.filter((each) => each !== 'null')
  return types.length === 1 ? types[0] : undefined
}

function isScalar(type: unknown): type is Scalar {
  return scalarTypes.has(type)
}
