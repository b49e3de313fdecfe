import type { VerifiedHttpRequest } from '../exchange/http-content.js'
import { JsonError } from '../json/json-error.js'
import { JsonNumber, type JsonValue } from '../json/json-value.js'
import { isNumberText } from '../json/number-text.js'
import { readJson } from '../json/read-json.js'
import { essenceOf, isReadAsUtf8, utf8Charset } from '../openapi/media-types.js'
import { breach } from '../violation/violation.js'
import type { ElementProperty, ScalarForm, ScalarShape } from './shape.js'

/** Query parameters by name, if a request can be asked in a query; see `queryOf`. */
export type QueryFields = ReadonlyMap<string, ScalarShape>

/**
 * The fields of a request whose JSON is an object of single values: it may be asked with GET and a query.
 * @returns undefined for any other
 */
export function queryFieldsOf({ shape }: ElementProperty): QueryFields | undefined {
  if (shape.kind !== 'object' || shape.text !== undefined || shape.variants.length > 0)
    return undefined
  const fields = new Map<string, ScalarShape>()
  for (const property of [...shape.attributes, ...shape.elements]) {
    if (property.constant !== undefined || property.isIgnored) continue
    if (property.shape.kind !== 'scalar' || property.place !== undefined) return undefined
    if ('isArray' in property && (property.isArray || property.isNillable)) return undefined
    fields.set(property.name, property.shape)
  }
  return fields
}

/**
 * The JSON that a REST consumer sent.
 * @param query - fields that may be asked for with GET; undefined where POST is the only way
 * @throws ContractBreach
 */
export function jsonOf(request: VerifiedHttpRequest, query: QueryFields | undefined): JsonValue {
  if (request.method === 'GET' && query !== undefined) {
    if (request.payload.length > 0) throw breach('/', 'unexpected', 'GET')
    return queryOf(request.query ?? '', query)
  }
  checkPost(request, query)
  checkJsonType(request.header('content-type'), '/')
  return bodyOf(request.payload)
}

/**
 * Whether a request has all that it asks in its body.
 * @throws ContractBreach
 */
export function checkPost(request: VerifiedHttpRequest, query: QueryFields | undefined): void {
  const methods = query === undefined ? 'POST' : 'POST, GET'
  if (request.method !== 'POST') throw breach('/', 'operation', methods)
  if (request.query !== undefined && request.query !== '') throw breach('/', 'unexpected', 'JSON')
}

/**
 * Whether a Content-Type, if there is one, is that of JSON as it is read here.
 * @param at - where it stands
 * @throws ContractBreach
 */
export function checkJsonType(contentType: string | undefined, at: string): void {
  if (contentType === undefined) return
  if (essenceOf(contentType) !== 'application/json') {
    throw breach(at, 'mediaType', 'application/json')
  }
  if (!isReadAsUtf8(contentType)) throw breach(at, 'mediaType', utf8Charset)
}

/** @throws ContractBreach */
export function bodyOf(payload: Uint8Array): JsonValue {
  try {
    return readJson(payload)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw breach('/', 'syntax', `JSON, ${error.line}:${error.column}`)
  }
}

function queryOf(query: string, fields: QueryFields): JsonValue {
  const members = new Map<string, JsonValue>()
  if (query === '') return members
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=')
    const name = decoded(at < 0 ? pair : pair.slice(0, at))
    const shape = fields.get(name)
    if (shape === undefined) throw breach(`/${name}`, 'unknown')
    if (members.has(name)) throw breach(`/${name}`, 'repeated')
    members.set(name, valueOf(shape.form, decoded(at < 0 ? '' : pair.slice(at + 1))))
  }
  return members
}

/** What a text in a query is in JSON; where it is no number, the text stays and its field is told of. */
function valueOf(form: ScalarForm, text: string): JsonValue {
  if (form === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  const isNumber = form === 'integer' || form === 'decimal' || form === 'float' || form === 'year'
  return isNumber && isNumberText(text) ? new JsonNumber(text) : text
}

/** As forms write it: `+` is a space. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw breach('/', 'syntax', 'URL')
  }
}
