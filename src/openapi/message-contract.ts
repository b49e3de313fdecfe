import type { Violation } from '../violation/violation.js'
import {
  child,
  isRecord,
  membersOf,
  readTree,
  textOf,
  UnreadableFile,
  type ContractFiles,
  type Node,
} from './contract-tree.js'
import { JsonChecks, type JsonCheck } from './json-check.js'
import { isJson } from './media-types.js'
import { checkAsSchema } from './official-schema.js'
import { Problems } from './openapi-error.js'
import type { JsonSchema } from './openapi-model.js'
import { SchemaReader } from './read-schema.js'
import { References } from './references.js'
import { endlessDefinition } from './schema-cycles.js'

export type MessageKind = 'request' | 'reply'

/** A contract about messages alone, whatever brings them. */
export interface MessageContract {
  readonly request: JsonSchema
  /** Undefined for a one-way service. */
  readonly reply: JsonSchema | undefined
  /** What `#/$defs/Name` refers to. */
  readonly definitions: ReadonlyMap<string, JsonSchema>
}

/** Whether a description is one of messages: by its name JSON Schema, by what it says AsyncAPI. */
export function isMessageContract(files: ContractFiles, main: string): boolean {
  if (/\.schema\.(?:json|ya?ml)$/i.test(main)) return true
  const bytes = files.get(main)
  // Most descriptions are none, and a large one takes long to read.
  if (!bytes || !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('asyncapi')) {
    return false
  }
  try {
    const document = readTree(main, bytes)
    return isRecord(document) && Object.hasOwn(document, 'asyncapi')
  } catch (error) {
    // Whoever reads it says what is wrong.
    if (error instanceof UnreadableFile) return false
    throw error
  }
}

/**
 * Reads a contract about messages: JSON Schema (draft 2020-12) with `request` and, where there is an answer, `reply` under
 * `$defs`; or AsyncAPI 2.x or 3.0 with one channel and one message, which is the request.
 * @throws OpenApiError with every problem found
 */
export function readMessageContract(files: ContractFiles, main: string): MessageContract {
  const problems = new Problems()
  const references = new References(files, problems)
  const document = references.tree(main, { file: main, pointer: '' })
  problems.throwIfAny()
  if (document === undefined) throw new Error('unreachable')
  const nodes =
    textOf(document, 'asyncapi') === undefined
      ? ofJsonSchema(document, problems)
      : ofAsyncApi(document, references, problems)
  const schemas = new SchemaReader(references, problems, '3.1')
  problems.throwIfAny()
  const read = (node: Node | undefined): JsonSchema | undefined =>
    node === undefined ? undefined : schemas.read(node)
  const request = read(nodes.request) ?? false
  const reply = read(nodes.reply)
  const definitions = schemas.definitions()
  problems.throwIfAny()
  checkAsSchema(request, nodes.request ?? document, problems)
  if (reply !== undefined) checkAsSchema(reply, nodes.reply ?? document, problems)
  for (const [name, schema] of definitions) {
    checkAsSchema(schema, schemas.placeOf(name) ?? document, problems)
  }
  const endless = endlessDefinition(definitions)
  if (endless !== undefined) problems.add(schemas.placeOf(endless) ?? document, 'endless', endless)
  problems.throwIfAny()
  return { request, reply, definitions }
}

/** Holds messages to a contract about messages, compiled once. */
export class MessageChecks {
  readonly #request: JsonCheck | undefined
  readonly #reply: JsonCheck | undefined

  /** @throws OpenApiError for schemas and patterns that messages cannot be held to at bounded cost */
  constructor({ request, reply, definitions }: MessageContract) {
    const requests = new JsonChecks(definitions, 'request')
    const replies = new JsonChecks(definitions, 'reply')
    requests.add(request)
    if (reply !== undefined) replies.add(reply)
    this.#request = requests.compile()[0]
    this.#reply = replies.compile()[0]
  }

  /** @returns none where the payload is JSON and keeps the contract; a reply that the contract does not have is empty */
  checkMessage(kind: MessageKind, payload: Uint8Array): readonly Violation[] {
    const check = kind === 'request' ? this.#request : this.#reply
    return check?.checkText(payload) ?? []
  }
}

interface MessageNodes {
  readonly request: Node | undefined
  readonly reply: Node | undefined
}

function ofJsonSchema(document: Node, problems: Problems): MessageNodes {
  const [request, reply] = (['request', 'reply'] as const).map((kind) =>
    child(child(document, '$defs'), kind),
  )
  if (request?.value === undefined) problems.add(document, 'missing', '$defs/request')
  return { request, reply: reply?.value === undefined ? undefined : reply }
}

function ofAsyncApi(document: Node, references: References, problems: Problems): MessageNodes {
  const version = textOf(document, 'asyncapi') ?? ''
  if (!/^(?:2\.[0-9]+|3\.0)\.[0-9]+$/.test(version)) {
    problems.add(child(document, 'asyncapi'), 'version', 'AsyncAPI 2.x, 3.0.x')
  }
  const [entry, ...others] = membersOf(child(document, 'channels'))
  for (const [name, other] of others) problems.add(other, 'unsupported', `channels: ${name}`)
  const channel = entry === undefined ? undefined : references.resolved(entry[1])
  const messages =
    channel === undefined
      ? []
      : version.startsWith('2.')
        ? ofVersion2(channel)
        : ofVersion3(channel)
  const [first, ...more] = messages
  for (const message of more) problems.add(message, 'unsupported', 'messages')
  const message = first === undefined ? undefined : references.resolved(first)
  if (message === undefined) {
    problems.add(document, 'missing', 'message')
    return { request: undefined, reply: undefined }
  }
  return { request: payloadOf(message, document, references, problems), reply: undefined }
}

function ofVersion2(channel: Node): Node[] {
  const operations = ['publish', 'subscribe'].map((name) => child(channel, name))
  return operations
    .map((operation) => child(operation, 'message'))
    .filter(({ value }) => value !== undefined)
}

function ofVersion3(channel: Node): Node[] {
  return membersOf(child(channel, 'messages')).map(([, message]) => message)
}

function payloadOf(
  message: Node,
  document: Node,
  references: References,
  problems: Problems,
): Node | undefined {
  const contentType = textOf(message, 'contentType') ?? textOf(document, 'defaultContentType')
  if (contentType !== undefined && !isJson(contentType)) {
    problems.add(message, 'mediaType', contentType)
  }
  if (textOf(message, 'schemaFormat') !== undefined) {
    problems.add(message, 'unsupported', 'schemaFormat')
  }
  const payload = child(message, 'payload')
  const target = payload.value === undefined ? undefined : references.resolved(payload)
  if (target === undefined) problems.add(message, 'missing', 'payload')
  else if (textOf(target, 'schemaFormat') !== undefined) {
    problems.add(target, 'unsupported', 'schemaFormat')
  }
  return target
}
