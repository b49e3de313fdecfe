import { descriptionLimits } from '../limits/contracts.js'
import { child, membersOf, textOf, type ContractFiles, type Node } from './contract-tree.js'
import { checkAsSchema, checkOfficially } from './official-schema.js'
import { Problems } from './openapi-error.js'
import type { OpenApiDescription, OpenApiOperation } from './openapi-model.js'
import { segmentsOf, shapeOf } from './path-template.js'
import type { Reading } from './read-content.js'
import { readPathItem } from './read-operation.js'
import { SchemaReader } from './read-schema.js'
import { References } from './references.js'
import { endlessDefinition } from './schema-cycles.js'
import { draft202012 } from './schema-keywords.js'

/** Dialects of OpenAPI 3.1 Schema Objects that add annotations only to draft 2020-12. */
const dialects = /^https:\/\/spec\.openapis\.org\/oas\/3\.1\/dialect\/(?:base|[0-9-]+)$/

/**
 * Reads an OpenAPI 3.0 or 3.1 description, in YAML or JSON. References lead within the files given, and nothing
 * is ever fetched. Callbacks, links, webhooks, servers, security and examples are passed over: they say nothing of the
 * messages that the bus carries. What it says of them and is not supported is refused by name.
 * @param main - the path of the file with the description; the others are what it refers to
 * @throws OpenApiError with every problem found
 */
export async function readOpenApi(files: ContractFiles, main: string): Promise<OpenApiDescription> {
  const opened = open(files, main)
  await checkOfficially(opened.document, opened.problems)
  opened.problems.throwIfAny()
  return readOpened(opened)
}

/**
 * The same of files that `readOpenApi` has read before: without the official schema, which can only be asked
 * asynchronously.
 * @throws OpenApiError with every problem found
 */
export function readRegisteredOpenApi(files: ContractFiles, main: string): OpenApiDescription {
  return readOpened(open(files, main))
}

interface Opened {
  readonly document: Node
  readonly version: '3.0' | '3.1'
  readonly references: References
  readonly problems: Problems
}

function open(files: ContractFiles, main: string): Opened {
  const problems = new Problems()
  const references = new References(files, problems)
  const document = references.tree(main, { file: main, pointer: '' })
  const version = document === undefined ? undefined : versionOf(document, problems)
  problems.throwIfAny()
  if (document === undefined || version === undefined) throw new Error('unreachable')
  return { document, version, references, problems }
}

function readOpened({ document, version, references, problems }: Opened): OpenApiDescription {
  checkDialect(document, problems)
  const schemas = new SchemaReader(references, problems, version)
  const operations = readOperations({ references, schemas, problems }, document)
  problems.throwIfAny()
  const definitions = schemas.definitions()
  problems.throwIfAny()
  for (const [name, schema] of definitions) {
    checkAsSchema(schema, schemas.placeOf(name) ?? document, problems)
  }
  checkInlineSchemas(operations, document, problems)
  const endless = endlessDefinition(definitions)
  if (endless !== undefined) problems.add(schemas.placeOf(endless) ?? document, 'endless', endless)
  problems.throwIfAny()
  const title = textOf(child(document, 'info'), 'title') ?? ''
  return { version, title, operations, definitions }
}

function versionOf(document: Node, problems: Problems): '3.0' | '3.1' | undefined {
  const version = textOf(document, 'openapi')
  if (version !== undefined && /^3\.0\.[0-9]+$/.test(version)) return '3.0'
  if (version !== undefined && /^3\.1\.[0-9]+$/.test(version)) return '3.1'
  problems.add(child(document, 'openapi'), 'version', 'OpenAPI 3.0.x, 3.1.x')
  return undefined
}

function checkDialect(document: Node, problems: Problems): void {
  const dialect = child(document, 'jsonSchemaDialect')
  if (dialect.value === undefined || dialect.value === draft202012) return
  if (typeof dialect.value === 'string' && dialects.test(dialect.value)) return
  problems.add(dialect, 'unsupported', 'jsonSchemaDialect')
}

function readOperations(reading: Reading, document: Node): OpenApiOperation[] {
  const { problems } = reading
  const operations: OpenApiOperation[] = []
  const shapes = new Set<string>()
  const ids = new Set<string>()
  for (const [path, member] of membersOf(child(document, 'paths'))) {
    const shape = shapeOf(segmentsOf(path) ?? [{ text: path }])
    if (shapes.has(shape)) problems.add(member, 'twice', path)
    shapes.add(shape)
    const item = reading.references.resolved(member)
    if (item === undefined) continue
    for (const operation of readPathItem(reading, path, item)) {
      if (ids.has(operation.operationId)) problems.add(item, 'twice', operation.operationId)
      ids.add(operation.operationId)
      operations.push(operation)
    }
    if (operations.length > descriptionLimits.operationsMax) {
      problems.add(member, 'limit', 'operationsMax')
      return operations
    }
  }
  if (operations.length === 0) problems.add(document, 'noOperations')
  return operations
}

function checkInlineSchemas(
  operations: readonly OpenApiOperation[],
  document: Node,
  problems: Problems,
): void {
  for (const { path, method, parameters, requestBody, responses } of operations) {
    const place = child(child(child(document, 'paths'), path), method)
    const contents = [requestBody, ...responses.values()].map((body) => body?.content)
    const schemas = [
      ...parameters.map(({ schema }) => schema),
      ...contents.flatMap((content) => [...(content?.values() ?? [])]),
    ]
    for (const schema of new Set(schemas)) checkAsSchema(schema, place, problems)
  }
}
