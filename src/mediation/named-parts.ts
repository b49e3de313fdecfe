import { randomUUID } from 'node:crypto'
import type { SoapAttachment } from '../exchange/soap-content.js'
import { partHeader } from '../http/part-head.js'
import type { JsonValue } from '../json/json-value.js'
import type { WsdlAttachment } from '../wsdl/wsdl-model.js'
import { base64Of, type AttachedFiles } from './attached-files.js'
import type { Breaches } from './breaches.js'
import { attachmentOf } from './packed-file.js'

/** The content of an attachment that a WSDL names. */
export interface NamedPart {
  readonly name: string
  readonly mediaType: string
  readonly content: Uint8Array
}

const usualType = 'application/octet-stream'

/** Finds the attachments that the WSDL names among those of a message: by Content-ID, one alone by being there. */
export function namedPartsIn(
  files: AttachedFiles,
  parts: readonly WsdlAttachment[],
  breaches: Breaches,
): NamedPart[] {
  const found: NamedPart[] = []
  const missing: WsdlAttachment[] = []
  const add = (part: WsdlAttachment, { rawHeaders, content }: SoapAttachment): void => {
    const mediaType = partHeader(rawHeaders, 'content-type') ?? usualType
    checkType(part, mediaType, breaches)
    found.push({ name: part.part, mediaType, content })
  }
  for (const part of parts) {
    const named = files.left.find(({ contentId }) => partOf(contentId) === part.part)
    if (named === undefined) missing.push(part)
    else add(part, files.take(named.contentId) ?? named)
  }
  const [part, ...others] = missing
  const [only, ...more] = files.left
  if (part !== undefined && only !== undefined && others.length === 0 && more.length === 0) {
    add(part, files.take(only.contentId) ?? only)
    return found
  }
  for (const each of missing) breaches.add('', 'missing', each.part)
  return found
}

/** The part that a Content-ID names: `part=unique@domain` (WS-I Attachments Profile 1.0 §3.8). */
function partOf(contentId: string): string | undefined {
  const at = contentId.indexOf('=')
  if (at < 0) return undefined
  try {
    return decodeURIComponent(contentId.slice(0, at))
  } catch {
    return undefined
  }
}

/** The same parts as attachments of a message that is sent. */
export function attachmentsOf(
  named: readonly NamedPart[],
  parts: readonly WsdlAttachment[],
  breaches: Breaches,
): SoapAttachment[] {
  return parts.flatMap((part) => {
    const found = named.find(({ name }) => name === part.part)
    if (found === undefined) {
      breaches.add('', 'missing', part.part)
      return []
    }
    checkType(part, found.mediaType, breaches)
    const contentId = `${encodeURIComponent(part.part)}=${randomUUID()}@sluice`
    return [attachmentOf(contentId, found.mediaType, found.content)]
  })
}

const mediaTypeText = /^[!#$&^_.+0-9A-Za-z-]+\/[!#$&^_.+0-9A-Za-z-]+[ \t]*(?:;[ -~]*)?$/

function checkType({ part, mediaTypes }: WsdlAttachment, said: string, breaches: Breaches): void {
  const type = said.split(';')[0]?.trim().toLowerCase() ?? ''
  const isAllowed =
    mediaTypes.length === 0 || mediaTypes.some((each) => includes(each.toLowerCase(), type))
  if (isAllowed && mediaTypeText.test(said)) return
  breaches.add(`/${part}`, 'mediaType', mediaTypes.join(', ') || 'RFC 6838')
}

function includes(allowed: string, type: string): boolean {
  if (allowed === '*/*' || allowed === '*') return true
  const essence = allowed.split(';')[0]?.trim() ?? ''
  return essence.endsWith('/*') ? type.startsWith(essence.slice(0, -1)) : essence === type
}

/** Takes the members that stand for attachments out of a message's JSON. */
export function takeMembers(
  json: Map<string, JsonValue>,
  parts: readonly WsdlAttachment[],
  breaches: Breaches,
): NamedPart[] {
  const named: NamedPart[] = []
  for (const { part } of parts) {
    const value = json.get(part)
    json.delete(part)
    const found = value === undefined ? undefined : partIn(part, value, breaches)
    if (found !== undefined) named.push(found)
  }
  return named
}

function partIn(name: string, value: JsonValue, breaches: Breaches): NamedPart | undefined {
  if (!(value instanceof Map)) {
    breaches.add(`/${name}`, 'type', 'object')
    return undefined
  }
  const members = value as ReadonlyMap<string, JsonValue>
  for (const each of members.keys()) {
    if (each !== 'mediaType' && each !== 'content') breaches.add(`/${name}/${each}`, 'unknown')
  }
  const text = (member: string): string | undefined => {
    const said = members.get(member)
    if (typeof said === 'string') return said
    if (said === undefined) breaches.add(`/${name}`, 'missing', member)
    else breaches.add(`/${name}/${member}`, 'type', 'string')
    return undefined
  }
  const mediaType = text('mediaType')
  const base64 = text('content')
  if (mediaType === undefined || base64 === undefined) return undefined
  const content = Buffer.from(base64, 'base64')
  // Whatever the reader of Node leaves out would be lost.
  if (content.toString('base64') !== base64) breaches.add(`/${name}/content`, 'type', 'base64')
  return { name, mediaType, content }
}

/** The member of a message's JSON that stands for an attachment. */
export function memberOf({ mediaType, content }: NamedPart): JsonValue {
  return new Map([
    ['mediaType', mediaType],
    ['content', base64Of(content)],
  ])
}
