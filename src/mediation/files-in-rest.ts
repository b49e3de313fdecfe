import type { VerifiedHttpRequest } from '../exchange/http-content.js'
import type { SoapAttachment } from '../exchange/soap-content.js'
import { isFormData } from '../http/form-data.js'
import type { JsonValue } from '../json/json-value.js'
import type { AttachedFiles } from './attached-files.js'
import { Breaches } from './breaches.js'
import type { FileFace } from './file-face.js'
import { formOf, readForm } from './form-message.js'
import { JsonReply } from './json-reply.js'
import { checkPost, jsonOf, type QueryFields } from './json-request.js'
import { attachmentsOf, memberOf, namedPartsIn, takeMembers } from './named-parts.js'

/** What a REST consumer sent, its files where SOAP has them. */
export interface AskedWithFiles {
  /** Files that the XML holds are base64 in it. */
  readonly json: JsonValue
  /** Those that the WSDL names. */
  readonly attachments: SoapAttachment[]
}

/** @throws ContractBreach */
export function askedWithFiles(
  request: VerifiedHttpRequest,
  face: FileFace,
  query: QueryFields | undefined,
): AskedWithFiles {
  const breaches = new Breaches()
  const contentType = request.header('content-type')
  if (contentType !== undefined && face.form === 'multipart' && isFormData(contentType)) {
    checkPost(request, query)
    const { json, named } = readForm(contentType, request.payload, face, breaches)
    // Else what is wrong with a file would be told of again as missing.
    breaches.raise()
    return { json, attachments: checked(attachmentsOf(named, face.parts, breaches), breaches) }
  }
  const json = jsonOf(request, query)
  if (face.parts.length === 0) return { json, attachments: [] }
  const isMembers = face.form === 'base64' && json instanceof Map
  const named = isMembers ? takeMembers(json as Map<string, JsonValue>, face.parts, breaches) : []
  breaches.raise()
  return { json, attachments: checked(attachmentsOf(named, face.parts, breaches), breaches) }
}

/**
 * The answer for a REST consumer.
 * @param files - what of the attachments stands nowhere yet
 * @throws ContractBreach
 */
export function answerWithFiles(json: JsonValue, files: AttachedFiles, face: FileFace): JsonReply {
  const breaches = new Breaches()
  const named = checked(namedPartsIn(files, face.parts, breaches), breaches)
  files.raise()
  if (face.form === 'multipart') {
    const form = formOf(json, named, face)
    if (form !== undefined) return JsonReply.form(200, form)
  } else if (json instanceof Map) {
    const members = json as Map<string, JsonValue>
    for (const part of named) members.set(part.name, memberOf(part))
  }
  return JsonReply.of(200, 'application/json', json)
}

function checked<Of>(value: Of, breaches: Breaches): Of {
  breaches.raise()
  return value
}
