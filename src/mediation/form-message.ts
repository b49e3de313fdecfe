import { readFormData, type FormPart, type FormPartToWrite } from '../http/form-data.js'
import { PackagingError } from '../http/packaging-error.js'
import type { JsonValue } from '../json/json-value.js'
import { writeJson } from '../json/write-json.js'
import { breach } from '../violation/violation.js'
import { base64Of } from './attached-files.js'
import type { Breaches } from './breaches.js'
import { messagePart, type FileFace, type FilePlace } from './file-face.js'
import { bodyOf, checkJsonType } from './json-request.js'
import type { NamedPart } from './named-parts.js'

/** A message that came as a form: its JSON with the files in their places, and the attachments that the WSDL names. */
export interface FormMessage {
  readonly json: JsonValue
  readonly named: readonly NamedPart[]
}

const usualType = 'application/octet-stream'

/** @throws ContractBreach where it is no form, or has no JSON in it */
export function readForm(
  contentType: string,
  payload: Uint8Array,
  { parts, places }: FileFace,
  breaches: Breaches,
): FormMessage {
  const form = formIn(contentType, payload)
  const [message, second] = form.filter(({ name }) => name === messagePart)
  if (message === undefined) throw breach('', 'missing', messagePart)
  if (second !== undefined) breaches.add(`/${messagePart}`, 'repeated')
  checkJsonType(message.mediaType, `/${messagePart}`)
  const json = bodyOf(message.content)
  const named: NamedPart[] = []
  for (const [name, files] of byName(form)) {
    const place = places.find((each) => each.name === name)
    const isNamed = parts.some(({ part }) => part === name)
    const [file] = files
    if (file === undefined) continue
    if (place === undefined && !isNamed) breaches.add(`/${name}`, 'unknown')
    else if (files.length > 1 && place?.isArray !== true) breaches.add(`/${name}`, 'repeated')
    else if (place !== undefined) put(json, place, files, breaches)
    else named.push({ name, mediaType: file.mediaType ?? usualType, content: file.content })
  }
  return { json, named }
}

function formIn(contentType: string, payload: Uint8Array): readonly FormPart[] {
  try {
    return readFormData(contentType, payload)
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    throw breach('/', 'syntax', `multipart/form-data, ${error.field}`)
  }
}

function byName(form: readonly FormPart[]): Map<string, FormPart[]> {
  const files = new Map<string, FormPart[]>()
  for (const part of form) {
    if (part.name === messagePart) continue
    const known = files.get(part.name)
    if (known === undefined) files.set(part.name, [part])
    else known.push(part)
  }
  return files
}

/** Puts files where the JSON would have them as base64. */
function put(
  json: JsonValue,
  { path, isArray }: FilePlace,
  files: readonly FormPart[],
  breaches: Breaches,
): void {
  let object = json
  for (const name of path.slice(0, -1)) {
    if (!(object instanceof Map)) break
    const inside = (object as Map<string, JsonValue>).get(name) ?? new Map<string, JsonValue>()
    ;(object as Map<string, JsonValue>).set(name, inside)
    object = inside
  }
  // Whatever it is instead is told of where the message is held to its schema.
  if (!(object instanceof Map)) return
  const last = path.at(-1) ?? ''
  if (object.has(last)) {
    breaches.add(`/${path.join('/')}`, 'repeated')
    return
  }
  const [first = '', ...others] = files.map(({ content }) => base64Of(content))
  ;(object as Map<string, JsonValue>).set(last, isArray ? [first, ...others] : first)
}

/**
 * Takes files out of a message's JSON, which are parts of a form then.
 * @returns the form; undefined where the message has no files
 */
export function formOf(
  json: JsonValue,
  named: readonly NamedPart[],
  { places }: FileFace,
): FormPartToWrite[] | undefined {
  const files: FormPartToWrite[] = named.map((part) => ({ ...part, isFile: true }))
  for (const place of places) {
    for (const base64 of taken(json, place)) {
      const content = Buffer.from(base64, 'base64')
      files.push({ name: place.name, isFile: true, mediaType: usualType, content })
    }
  }
  if (files.length === 0) return undefined
  const content = writeJson(json)
  return [{ name: messagePart, isFile: false, mediaType: 'application/json', content }, ...files]
}

function taken(json: JsonValue, { path, isArray }: FilePlace): readonly string[] {
  let object: JsonValue | undefined = json
  for (const name of path.slice(0, -1)) {
    object = object instanceof Map ? (object.get(name) as JsonValue | undefined) : undefined
  }
  if (!(object instanceof Map)) return []
  const members = object as Map<string, JsonValue>
  const last = path.at(-1) ?? ''
  const value = members.get(last)
  const texts = isArray ? value : [value]
  // Nil has no place in a form: what holds it stays in the JSON.
  if (!Array.isArray(texts) || texts.length === 0) return []
  if (!texts.every((each) => typeof each === 'string')) return []
  members.delete(last)
  return texts
}
