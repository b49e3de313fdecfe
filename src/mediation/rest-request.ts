import type { DerivedHttpRequest } from '../exchange/derived-request.js'
import { JsonNumber, type JsonObject, type JsonValue } from '../json/json-value.js'
import { writeJson } from '../json/write-json.js'
import { breach } from '../violation/violation.js'
import type { RestOperation, RestParameter } from './rest-form.js'

/**
 * The HTTP request of one operation.
 * @param members - the operation's JSON: its parameters, and its body or the members of it
 * @param path - of the operation's element, as a violation has it
 * @throws ContractBreach for a value that would lead to another place than the contract's
 */
export function restRequest(
  operation: RestOperation,
  members: JsonObject,
  path: string,
): DerivedHttpRequest {
  const { body } = operation
  const payload = payloadOf(operation, members)
  const rawHeaders = ['Accept', operation.accept]
  if (body !== undefined && payload !== undefined) rawHeaders.push('Content-Type', body.mediaType)
  for (const parameter of operation.headers) {
    const texts = textsOf(members.get(parameter.member))
    const at = `${path}/${parameter.element}`
    if (texts.length > 0) rawHeaders.push(parameter.name, fieldValue(texts, parameter.list, at))
  }
  return {
    format: 'http',
    method: operation.method,
    path: pathOf(operation, members, path),
    query: queryOf(operation, members, path),
    rawHeaders,
    payload: payload ?? noPayload,
  }
}

const noPayload = new Uint8Array()

function payloadOf(operation: RestOperation, members: JsonObject): Uint8Array | undefined {
  const { body, path, query, headers } = operation
  if (body === undefined) return undefined
  if (body.member !== undefined) {
    const value = members.get(body.member)
    return value === undefined ? undefined : writeJson(value)
  }
  const inside = new Map(members)
  for (const segment of path) if ('parameter' in segment) inside.delete(segment.parameter.member)
  for (const { member } of query) inside.delete(member)
  for (const { member } of headers) inside.delete(member)
  return writeJson(inside)
}

function pathOf({ path: segments }: RestOperation, members: JsonObject, path: string): string {
  let text = ''
  // A path of one empty segment, `/`, is the provider's registered address as it stands.
  if (segments.length === 1 && segments[0] && 'text' in segments[0] && segments[0].text === '')
    return ''
  for (const segment of segments) {
    text += '/'
    if ('text' in segment) {
      text += segment.text
      continue
    }
    const { element, member, list } = segment.parameter
    const at = `${path}/${element}`
    text += listText(textsOf(members.get(member)), list, at, (item) => pathValue(item, at))
  }
  return text
}

/**
 * A value that is one segment of a path, to whomever reads it: a server may decode it twice, fold it, or split it where
 * it finds a slash of either kind.
 */
function pathValue(text: string, at: string): string {
  const folded = text.normalize('NFKC')
  const isOther =
    text === '' || /[/\\\p{Cc}]|%[0-9a-f]{2}/iu.test(folded) || /^\s*\.{1,2}\s*(?:;|$)/.test(folded)
  if (isOther) throw breach(at, 'unmappable', 'RFC 3986 §3.3')
  return encoded(text, at)
}

function queryOf({ query }: RestOperation, members: JsonObject, path: string): string | undefined {
  let text = ''
  for (const { name, member, element, list } of query) {
    const texts = textsOf(members.get(member))
    if (texts.length === 0) continue
    const at = `${path}/${element}`
    const values =
      list === 'repeated'
        ? texts.map((each) => encoded(each, at))
        : [listText(texts, list, at, (item) => encoded(item, at))]
    for (const value of values) text += `${text === '' ? '' : '&'}${encoded(name, at)}=${value}`
  }
  return text === '' ? undefined : text
}

/** Items with commas between them; one that holds a comma would be two, and an empty one alone none. */
function listText(
  texts: readonly string[],
  list: RestParameter['list'],
  at: string,
  write: (text: string) => string,
): string {
  const [first = ''] = texts
  if (list === undefined) return write(first)
  if (texts.some((text) => text.includes(',')) || (first === '' && texts.length <= 1)) {
    throw breach(at, 'unmappable', '","')
  }
  return texts.map(write).join(',')
}

/** Printable ASCII: others read bytes beyond it each in their own way (RFC 9110 §5.5). */
function fieldValue(texts: readonly string[], list: RestParameter['list'], at: string): string {
  const value = listText(texts, list, at, (text) => text)
  if (/^$|^[ \t]|[ \t]$|[^\t -~]/.test(value)) {
    throw breach(at, 'unmappable', 'RFC 9110 §5.5')
  }
  return value
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(textsOf)
  if (value instanceof JsonNumber) return [value.text]
  if (typeof value === 'string') return [value]
  // No parameter is an object: the description's reader lets none pass.
  return typeof value === 'boolean' ? [String(value)] : []
}

/** Everything but unreserved characters (RFC 3986 §2.3). */
function encoded(text: string, at: string): string {
  if (!text.isWellFormed()) throw breach(at, 'unmappable', 'UTF-8')
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
