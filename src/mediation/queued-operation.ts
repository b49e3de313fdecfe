import type { DerivedHttpRequest } from '../exchange/derived-request.js'
import { JsonNumber, type JsonObject, type JsonValue } from '../json/json-value.js'
import type { OpenApiOperation, OpenApiParameter } from '../openapi/openapi-model.js'
import { breach, ContractBreach, violation, type Violation } from '../violation/violation.js'
import { bodyOf, checkJsonType } from './json-request.js'
import type { RestOperation, RestParameter, RestSegment } from './rest-form.js'
import { restRequest } from './rest-request.js'

/** A parameter, and the member of a message's JSON that it is. */
interface QueuedParameter {
  readonly member: string
  readonly described: OpenApiParameter
}

/**
 * One operation of a REST service as messages of queues ask for it. With parameters its JSON is an object of them by name,
 * beside the members of the body; without any it is the body, whose bytes stay as they are.
 */
export class QueuedOperation {
  readonly name: string
  readonly #form: RestOperation
  readonly #withoutBody: RestOperation
  readonly #parameters: readonly QueuedParameter[]

  /** @param form - where the operation's parts stand in its JSON: the one of its face in SOAP, which is made of that JSON */
  constructor(form: RestOperation, described: OpenApiOperation) {
    this.name = described.operationId
    this.#form = toldByMember(form)
    this.#withoutBody = { ...this.#form, body: undefined }
    this.#parameters = parametersOf(form, described)
  }

  /** @throws ContractBreach */
  request(contentType: string | undefined, payload: Uint8Array): DerivedHttpRequest {
    if (this.#parameters.length === 0) return this.#plain(contentType, payload)
    checkJsonType(contentType, '/')
    const json = bodyOf(payload)
    if (!(json instanceof Map)) throw breach('/', 'type', 'object')
    const members = json as JsonObject
    const [first, ...others] = this.#violations(members)
    if (first) throw new ContractBreach([first, ...others])
    return restRequest(this.#form, members, '')
  }

  #plain(contentType: string | undefined, payload: Uint8Array): DerivedHttpRequest {
    const { body } = this.#form
    if (body === undefined) checkNothing(payload)
    const request = restRequest(this.#withoutBody, noMembers, '')
    if (body === undefined || payload.length === 0) return request
    const rawHeaders = [...request.rawHeaders, 'Content-Type', contentType ?? body.mediaType]
    return { ...request, rawHeaders, payload }
  }

  /** What would not come out of an address or a header field as what it is here. */
  #violations(members: JsonObject): Violation[] {
    const violations: Violation[] = []
    const names = new Set<string>()
    for (const { member, described } of this.#parameters) {
      names.add(member)
      const value = members.get(member)
      if (value !== undefined) violations.push(...typeViolations(value, described, `/${member}`))
    }
    const { body } = this.#form
    // The members of a body are held to its schema.
    if (body !== undefined && body.member === undefined) return violations
    if (body?.member !== undefined) names.add(body.member)
    for (const name of members.keys()) {
      if (!names.has(name)) violations.push(violation(`/${name}`, 'unknown'))
    }
    return violations
  }
}

const noMembers: JsonObject = new Map()

/** A request that says nothing is empty, or an empty object. */
function checkNothing(payload: Uint8Array): void {
  if (payload.length === 0) return
  const json = bodyOf(payload)
  if (json instanceof Map && json.size === 0) return
  throw breach('/', 'unexpected', '{}')
}

function typeViolations(
  value: JsonValue,
  { list, valueType }: OpenApiParameter,
  path: string,
): Violation[] {
  if (list === undefined) return ofValue(value, valueType, path)
  if (!Array.isArray(value)) return [violation(path, 'type', 'array')]
  const items = value as readonly JsonValue[]
  return items.flatMap((item, at) => ofValue(item, valueType, `${path}[${at + 1}]`))
}

function ofValue(value: JsonValue, type: OpenApiParameter['valueType'], path: string): Violation[] {
  if (value === null) return [violation(path, 'null')]
  const isOfType =
    type === 'string' || type === 'boolean' ? typeof value === type : value instanceof JsonNumber
  return isOfType ? [] : [violation(path, 'type', type)]
}

/** Places are told by the names that a message has. */
function toldByMember(form: RestOperation): RestOperation {
  const told = (parameter: RestParameter): RestParameter => ({
    ...parameter,
    element: parameter.member,
  })
  return {
    ...form,
    path: form.path.map((each): RestSegment =>
      'parameter' in each ? { parameter: told(each.parameter) } : each,
    ),
    query: form.query.map(told),
    headers: form.headers.map(told),
  }
}

function parametersOf(
  { path, query, headers }: RestOperation,
  { parameters }: OpenApiOperation,
): QueuedParameter[] {
  const inPath = path.flatMap((each) => ('parameter' in each ? [each.parameter] : []))
  const found: QueuedParameter[] = []
  for (const [place, placed] of [
    ['path', inPath],
    ['query', query],
    ['header', headers],
  ] as const) {
    for (const { name, member } of placed) {
      const described = parameters.find((each) => each.place === place && each.name === name)
      if (described === undefined) throw new TypeError(`no parameter ${name}`)
      found.push({ member, described })
    }
  }
  return found
}
