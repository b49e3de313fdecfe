import { violation, type Violation } from '../violation/violation.js'
import { BodyCheck } from './body-check.js'
import { JsonChecks } from './json-check.js'
import type { OpenApiDescription, OpenApiOperation } from './openapi-model.js'
import { decodePart, ParameterCheck, queryParameters } from './parameter-checks.js'
import { segmentsOf, type Segment } from './path-template.js'

/** A request as it goes to the provider. */
export interface RestRequest {
  readonly method: string
  /** After the provider's address, percent-encoded; without query. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** @param name - lower case */
  readonly header: (name: string) => string | undefined
  readonly contentType: string | undefined
  readonly payload: Uint8Array
}

export interface RestReply {
  readonly status: number
  readonly contentType: string | undefined
  readonly payload: Uint8Array
}

export interface CheckedRequest {
  /** What the request asks for; undefined where the description has no such operation. */
  readonly operation: OpenApiOperation | undefined
  /** None where the request keeps the contract. */
  readonly violations: readonly Violation[]
}

interface OperationChecks {
  readonly operation: OpenApiOperation
  readonly segments: readonly Segment[]
  readonly parameters: readonly ParameterCheck[]
  readonly queryNames: ReadonlySet<string>
  readonly requestBody: BodyCheck
  readonly responses: ReadonlyMap<string, BodyCheck>
}

const operationsTold = 10

/** A description whose schemas are compiled: it holds requests and replies to it. */
export class RestMessageChecks {
  readonly #operations: readonly OperationChecks[]
  readonly #byOperation: ReadonlyMap<OpenApiOperation, OperationChecks>

  /** @throws OpenApiError for schemas and patterns that messages cannot be held to at bounded cost */
  constructor(description: OpenApiDescription) {
    const requests = new JsonChecks(description.definitions, 'request')
    const replies = new JsonChecks(description.definitions, 'reply')
    const operations = description.operations.map((each) => prepared(each, requests, replies))
    const [ofRequests, ofReplies] = [requests.compile(), replies.compile()]
    for (const { parameters, requestBody, responses } of operations) {
      for (const parameter of parameters) parameter.use(ofRequests)
      requestBody.use(ofRequests)
      for (const response of responses.values()) response.use(ofReplies)
    }
    // A segment that is a text is meant before one that is a parameter (OpenAPI 3.0.3 §4.7.8.1).
    this.#operations = operations.sort((one, other) =>
      precedence(one) < precedence(other) ? -1 : 1,
    )
    this.#byOperation = new Map(operations.map((each) => [each.operation, each]))
  }

  checkRequest(request: RestRequest): CheckedRequest {
    const parts = partsOf(request.path)
    const found = this.#find(request.method, parts)
    if (found === undefined) return { operation: undefined, violations: this.#noOperation() }
    const violations = [
      ...parameterViolations(found, request, parts),
      ...found.requestBody.violations(request.contentType, request.payload),
    ]
    return { operation: found.operation, violations }
  }

  /** @returns none where the description has such an operation */
  checkOperation(method: string, path: string): readonly Violation[] {
    return this.#find(method, partsOf(path)) === undefined ? this.#noOperation() : []
  }

  /** @param operation - the one that `checkRequest` found */
  checkReply(reply: RestReply, operation: OpenApiOperation): readonly Violation[] {
    const responses = this.#byOperation.get(operation)?.responses
    const status = String(reply.status)
    const response =
      responses?.get(status) ?? responses?.get(`${status.charAt(0)}XX`) ?? responses?.get('default')
    if (response === undefined) return [violation('', 'status')]
    const hasNoBody = operation.method === 'head' || reply.status === 304
    if (hasNoBody && reply.payload.length === 0) return []
    return response.violations(reply.contentType, reply.payload)
  }

  #noOperation(): Violation[] {
    const told = this.#operations.slice(0, operationsTold).map(({ operation }) => nameOf(operation))
    return [violation('', 'operation', told.join(', '))]
  }

  #find(method: string, parts: readonly (string | undefined)[]): OperationChecks | undefined {
    const lower = method.toLowerCase()
    return this.#operations.find(
      ({ operation, segments }) =>
        operation.method === lower &&
        segments.length === parts.length &&
        segments.every((segment, at) => 'parameter' in segment || segment.text === parts[at]),
    )
  }
}

function partsOf(path: string): (string | undefined)[] {
  return path.replace(/^\//, '').split('/').map(decodePart)
}

function prepared(
  operation: OpenApiOperation,
  requests: JsonChecks,
  replies: JsonChecks,
): OperationChecks {
  const { parameters, requestBody, responses, path } = operation
  const queries = parameters.filter(({ place }) => place === 'query')
  return {
    operation,
    segments: (segmentsOf(path) ?? []).map(decodedSegment),
    parameters: parameters.map((each) => new ParameterCheck(each, requests)),
    queryNames: new Set(queries.map(({ name }) => name)),
    requestBody: new BodyCheck(
      requestBody?.content ?? new Map(),
      requestBody?.isRequired ?? false,
      requests,
    ),
    responses: new Map(
      [...responses].map(([status, { content }]) => [
        status,
        new BodyCheck(content, true, replies),
      ]),
    ),
  }
}

function decodedSegment(segment: Segment): Segment {
  return 'text' in segment ? { text: decodePart(segment.text) ?? segment.text } : segment
}

function precedence({ segments }: OperationChecks): string {
  return segments.map((segment) => ('text' in segment ? '0' : '1')).join('')
}

function nameOf({ method, path }: OpenApiOperation): string {
  return `${method.toUpperCase()} ${path}`
}

function parameterViolations(
  { parameters, segments, queryNames }: OperationChecks,
  request: RestRequest,
  parts: readonly (string | undefined)[],
): Violation[] {
  const query = queryParameters(request.query)
  if (query === undefined)
    return [violation('/query', 'syntax', 'application/x-www-form-urlencoded')]
  const violations: Violation[] = []
  for (const name of query.keys()) {
    if (!queryNames.has(name))
      violations.push(violation(`/query(${name.slice(0, 100)})`, 'unknown'))
  }
  for (const check of parameters) {
    const { name, place } = check.parameter
    const texts = textsOf(name, place, { query, request, segments, parts })
    violations.push(
      ...(texts === undefined
        ? [violation(check.path, 'syntax', 'UTF-8')]
        : check.violations(texts)),
    )
  }
  return violations
}

interface Given {
  readonly query: ReadonlyMap<string, string[]>
  readonly request: RestRequest
  readonly segments: readonly Segment[]
  readonly parts: readonly (string | undefined)[]
}

/** Undefined where a text is malformed. */
function textsOf(
  name: string,
  place: 'path' | 'query' | 'header',
  { query, request, segments, parts }: Given,
): readonly string[] | undefined {
  if (place === 'query') return query.get(name) ?? []
  if (place === 'header') {
    const value = request.header(name)
    return value === undefined ? [] : [value]
  }
  const at = segments.findIndex((segment) => 'parameter' in segment && segment.parameter === name)
  const text = parts[at]
  return text === undefined ? undefined : [text]
}
