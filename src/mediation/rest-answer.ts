import type { HttpReplyContent } from '../exchange/http-content.js'
import type { JsonObject } from '../json/json-value.js'
import { essenceOf, isReadAsUtf8 } from '../openapi/media-types.js'
import { breach } from '../violation/violation.js'
import { bodyOf } from './json-request.js'
import type { RestContent, RestFault, RestOperation } from './rest-form.js'

/* What a REST provider's answer holds, as the contract says it. */

/** By status, then by its hundred, then `default`. */
export function faultOf({ faults }: RestOperation, status: number): RestFault | undefined {
  if (status < 400 || status > 599) return undefined
  const said = (text: string): RestFault | undefined => faults.find((each) => each.status === text)
  return said(String(status)) ?? said(`${Math.floor(status / 100)}XX`) ?? said('default')
}

export function memberOf(content: RestContent): string | undefined {
  return content === 'none' ? undefined : content.member
}

/**
 * The JSON of an answer, as the codec takes it. @returns undefined where there is something of which the contract says
 * nothing
 */
export function contentJson(
  content: RestContent,
  answer: HttpReplyContent,
): JsonObject | undefined {
  if (content === 'none') return answer.payload.length === 0 ? nothing : undefined
  if (!isJsonType(answer)) throw breach('/', 'mediaType', 'application/json')
  const json = bodyOf(answer.payload)
  if (content.member !== undefined) return new Map([[content.member, json]])
  if (!(json instanceof Map)) throw breach('/', 'type', 'object')
  return json as JsonObject
}

const nothing: JsonObject = new Map()

export function isReadable(content: RestContent, answer: HttpReplyContent): boolean {
  return content === 'none' ? answer.payload.length === 0 : isJsonType(answer)
}

const jsonType = /^(?:application\/(?:[^\s/]+\+)?|text\/)json$/

function isJsonType({ rawHeaders }: HttpReplyContent): boolean {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'content-type') continue
    const contentType = rawHeaders[at + 1] ?? ''
    return isReadAsUtf8(contentType) && jsonType.test(essenceOf(contentType))
  }
  return false
}
