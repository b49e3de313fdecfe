import { JsonNumber, type JsonValue } from '../json/json-value.js'
import { readJson } from '../json/read-json.js'
import { writeJson } from '../json/write-json.js'
import type { RestMessageChecks } from '../openapi/message-checks.js'
import type { OpenApiDescription, OpenApiOperation } from '../openapi/openapi-model.js'
import { UsageError } from './command-io.js'

/** A REST service's answer, and of which operation it is. */
export interface RestAnswer {
  readonly operation: OpenApiOperation
  readonly status: number
  readonly contentType: string | undefined
  readonly payload: Uint8Array
}

/**
 * Reads an answer as samples have it: the body, or an object of `method`, `path`, `status`, `body`.
 * @throws UsageError where it does not say of which operation it is
 */
export function answerIn(
  input: Buffer,
  openApi: OpenApiDescription,
  checks: RestMessageChecks,
): RestAnswer {
  const whole = wholeIn(readJson(input))
  if (whole) return wholeAnswer(whole, checks)
  const [only, ...others] = openApi.operations
  if (only === undefined || others.length > 0) {
    throw new UsageError(
      'The service has several operations: the reply must be an object of method, path, status, body.',
    )
  }
  return answerOf(only, firstGood(only), input)
}

/** An answer that says of which operation it is. */
interface WholeAnswer {
  readonly method: string
  readonly path: string
  readonly status: JsonValue | undefined
  readonly body: JsonValue | undefined
}

const wholeNames: ReadonlySet<string> = new Set([
  ...['method', 'path', 'query', 'headers', 'status', 'body'],
])

function wholeIn(json: JsonValue): WholeAnswer | undefined {
  if (!(json instanceof Map)) return undefined
  const members = json as ReadonlyMap<string, JsonValue>
  const method = members.get('method')
  const path = members.get('path')
  if (typeof method !== 'string' || typeof path !== 'string') return undefined
  if (![...members.keys()].every((name) => wholeNames.has(name))) return undefined
  return { method, path, status: members.get('status'), body: members.get('body') }
}

function wholeAnswer(
  { method, path, status: said, body }: WholeAnswer,
  checks: RestMessageChecks,
): RestAnswer {
  const nothing = { query: '', header: () => undefined, contentType: undefined }
  const { operation } = checks.checkRequest({ method, path, ...nothing, payload: new Uint8Array() })
  if (operation === undefined) {
    throw new UsageError(`The service has no operation ${method} ${path}.`)
  }
  const status = said instanceof JsonNumber ? Number(said.text) : firstGood(operation)
  return answerOf(operation, status, body === undefined ? new Uint8Array() : writeJson(body))
}

function answerOf(operation: OpenApiOperation, status: number, payload: Uint8Array): RestAnswer {
  const { responses } = operation
  const text = String(status)
  const response =
    responses.get(text) ?? responses.get(`${text.charAt(0)}XX`) ?? responses.get('default')
  const [declared = 'application/json'] = response?.content.keys() ?? []
  return { operation, status, contentType: payload.length > 0 ? declared : undefined, payload }
}

function firstGood({ responses }: OpenApiOperation): number {
  return Number([...responses.keys()].find((status) => /^2[0-9]{2}$/.test(status)) ?? 200)
}
