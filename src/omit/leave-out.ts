import type { LeftOut } from '../exchange/exchange.js'
import type { HttpReplyContent } from '../exchange/http-content.js'
import type { Route } from '../exchange/route.js'
import type { ReplyContent } from '../exchange/signed-content.js'
import type { SoapReplyContent } from '../exchange/soap-content.js'
import { Fault } from '../exchange/fault.js'
import { isInMemory, type Payload } from '../exchange/payload.js'
import { joinedValue } from '../http/headers.js'
import { JsonError } from '../json/json-error.js'
import { essenceOf, isJson, isReadAsUtf8 } from '../openapi/media-types.js'
import { XmlDocument } from '../xml/document.js'
import { readXml } from '../xml/read-xml.js'
import { XmlError } from '../xml/xml-error.js'
import { cutJson } from './cut-json.js'
import { CutHttpReply, cutMqReply, CutSoapReply } from './cut-reply.js'
import { cutSoap, UncuttableError } from './cut-xml.js'
import { PointerTree } from './pointer-tree.js'

/** One tree for each right, as long as the registry has it. */
const trees = new WeakMap<readonly string[], PointerTree>()

/**
 * Step 7, its second part: what the access right leaves out of answers, whatever their status: what a provider
 * says of its failure may hold a field as well. What cannot be looked through does not pass.
 * @returns undefined where the right leaves nothing out
 * @throws Fault RESPONSE_INVALID
 */
export function leaveOut(
  content: ReplyContent,
  { accessRight, pattern }: Pick<Route, 'accessRight' | 'pattern'>,
): LeftOut | undefined {
  // Of what is said to a one-way message nothing goes back.
  if (!accessRight || accessRight.omit.length === 0 || pattern === 'one-way') return undefined
  try {
    return cut(content, treeOf(accessRight.omit))
  } catch (error) {
    const isForeign =
      error instanceof JsonError || error instanceof XmlError || error instanceof UncuttableError
    if (isForeign) throw refusal(error.message, error)
    throw error
  }
}

function treeOf(omit: readonly string[]): PointerTree {
  const known = trees.get(omit)
  if (known) return known
  const tree = PointerTree.of(omit)
  trees.set(omit, tree)
  return tree
}

function cut(content: ReplyContent, tree: PointerTree): LeftOut {
  switch (content.format) {
    case 'http':
      return cutHttp(content, tree)
    case 'mq': {
      const { contentType } = content.properties
      const { bytes, fields } = jsonWithout(content.payload, contentType, tree)
      return { content: fields === 0 ? content : cutMqReply(content, bytes), fields }
    }
    case 'soap':
      return cutEnvelope(content, tree)
  }
}

function cutHttp(content: HttpReplyContent, tree: PointerTree): LeftOut {
  const { status, rawHeaders, payload } = content
  const encoding = joinedValue(rawHeaders, 'content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw refusal('it is compressed')
  }
  // A piece of a text is in no place of it (RFC 9110 §15.3.7).
  if (status === 206) throw refusal('it is a part of an answer')
  const { bytes, fields } = jsonWithout(payload, joinedValue(rawHeaders, 'content-type'), tree)
  // Where nothing was there to cut, too, a tag or digest would tell that: it is no secret, as the answer shows it.
  return { content: fields === 0 ? content : new CutHttpReply(content, bytes), fields }
}

function jsonWithout(
  payload: Uint8Array,
  contentType: string | undefined,
  tree: PointerTree,
): { readonly bytes: Uint8Array; readonly fields: number } {
  if (payload.length === 0) return { bytes: payload, fields: 0 }
  const isRead =
    contentType !== undefined && isJson(essenceOf(contentType)) && isReadAsUtf8(contentType)
  if (!isRead) throw refusal('it is no JSON in UTF-8')
  return cutJson(payload, tree)
}

function cutEnvelope(content: SoapReplyContent, tree: PointerTree): LeftOut {
  // What an element says may be in one of them, and stays there when the element is cut out.
  if (content.attachments.length > 0) throw refusal('it has attachments')
  const known = content.document
  const document = known instanceof XmlDocument ? known : readXml(content.envelope)
  const { bytes: envelope, fields } = cutSoap(document, tree)
  if (fields === 0) return { content, fields }
  const payload = inMemory(content.withEnvelope(envelope))
  return { content: new CutSoapReply(content, envelope, payload), fields }
}

function inMemory(payload: ReturnType<SoapReplyContent['withEnvelope']> | Payload): Uint8Array {
  if (isInMemory(payload)) return payload
  throw refusal('it is too large')
}

function refusal(why: string, cause?: unknown): Fault {
  return new Fault('RESPONSE_INVALID', {
    detail: `The access right leaves fields out, and in this answer they cannot be found: ${why}.`,
    ...(cause !== undefined && { cause }),
  })
}
