import { XmlDocument, type XmlElement } from '../../xml/document.js'
import { readXml } from '../../xml/read-xml.js'
import type { SoapToSign } from '../../exchange/signers.js'
import { xmlLimits } from '../../limits/documents.js'
import {
  base64Encoding,
  soap11Namespace,
  soap12Namespace,
  wsseNamespace,
  wsuNamespace,
  x509v3Type,
} from './names.js'

/** What of the Security header is new with each message. */
export interface SecurityTerms {
  /** Makes the Ids of this message unlike those that its Body may have. */
  readonly id: string
  /** base64 of the certificate. */
  readonly token: string
  readonly created: Date
  readonly expires: Date
}

/** What of a message does not depend on its attachments. */
export type EnvelopeToSign = Pick<SoapToSign, 'envelope' | 'document' | 'headerBlocks'>

/** A message that has everything but its Signature. */
export interface AssembledMessage {
  readonly document: XmlDocument
  /** To be signed, each with its Id. */
  readonly parts: readonly { readonly element: XmlElement; readonly id: string }[]
  readonly body: XmlElement
  readonly tokenId: string
  /** Where in the document the Signature belongs. */
  readonly signatureAt: number
}

/**
 * Gives an envelope a Header of these blocks and a Security header, and its Body an Id if it has none.
 * Every other byte of the Envelope's tag and of the Body stays what and where it is.
 * @throws XmlError, and TypeError for what is no SOAP envelope
 */
export function assembleMessage(message: EnvelopeToSign, terms: SecurityTerms): AssembledMessage {
  const given = documentOf(message)
  const { root, bytes } = given
  const namespace = given.namespace(root)
  const givenBody = given.child(root, namespace, 'Body')
  const isSoap = namespace === soap11Namespace || namespace === soap12Namespace
  if (!isSoap || given.localName(root) !== 'Envelope' || givenBody === undefined) {
    throw new TypeError('what is to be signed is no SOAP envelope')
  }
  const { id } = terms
  const prefix = given.prefix(root)
  const header = prefix === '' ? 'Header' : `${prefix}:Header`
  const before = [
    bytes.subarray(0, given.contentRange(root).start),
    Buffer.from(`<${header} xmlns:wsu="${wsuNamespace}">`),
    ...message.headerBlocks.flatMap((block, index) => withId(block, `H${index}-${id}`)),
    Buffer.from(securityStart(terms)),
  ]
  const body = withBodyId(given, givenBody, `B-${id}`)
  const after = [Buffer.from(`</wsse:Security></${header}>`), ...body.bytes]
  const document = readXml(Buffer.concat([...before, ...after]))
  return {
    ...partsOf(document, body.id, message.headerBlocks.length, id),
    document,
    tokenId: `X-${id}`,
    signatureAt: before.reduce((length, part) => length + part.length, 0),
  }
}

/** Reading costs a reply of 1 kB 25 us. */
function documentOf({ envelope, document }: EnvelopeToSign): XmlDocument {
  const isOfThese =
    document instanceof XmlDocument &&
    document.bytes.buffer === envelope.buffer &&
    document.bytes.byteOffset === envelope.byteOffset &&
    document.bytes.byteLength === envelope.byteLength
  return isOfThese ? document : readXml(envelope)
}

function securityStart({ id, token, created, expires }: SecurityTerms): string {
  return (
    `<wsse:Security xmlns:wsse="${wsseNamespace}">` +
    `<wsse:BinarySecurityToken EncodingType="${base64Encoding}" ValueType="${x509v3Type}"` +
    ` wsu:Id="X-${id}">${token}</wsse:BinarySecurityToken>` +
    `<wsu:Timestamp wsu:Id="T-${id}"><wsu:Created>${created.toISOString()}</wsu:Created>` +
    `<wsu:Expires>${expires.toISOString()}</wsu:Expires></wsu:Timestamp>`
  )
}

/** Where the name of a start tag ends; -1 where none begins. */
function endOfName(bytes: Buffer): number {
  return bytes.toString('latin1', 0, xmlLimits.nameBytesMax + 2).search(/[\s/>]/)
}

/** A header block with an Id behind its name. */
function withId(block: Uint8Array, id: string): Buffer[] {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  const end = endOfName(bytes)
  if (bytes[0] !== 0x3c || end < 2) throw new TypeError('a header block is no element')
  return [bytes.subarray(0, end), Buffer.from(` wsu:Id="${id}"`), bytes.subarray(end)]
}

/** The Body and what follows it, with an Id of its own or this one. */
function withBodyId(
  document: XmlDocument,
  body: XmlElement,
  newId: string,
): { readonly id: string; readonly bytes: readonly Buffer[] } {
  const { start } = document.range(body)
  const rest = document.bytes.subarray(start)
  const id = document.attribute(body, wsuNamespace, 'Id')
  if (id !== undefined) return { id, bytes: [rest] }
  const scope = document.namespacesInScope(body)
  // A prefix in scope keeps its meaning: the Body's content may use it where nobody sees it.
  let prefix = [...scope].find(
    ([name, namespace]) => name !== '' && namespace === wsuNamespace,
  )?.[0]
  let declaration = ''
  if (prefix === undefined) {
    prefix = 'wsu'
    for (let number = 1; scope.has(prefix); number++) prefix = `wsu${number}`
    declaration = ` xmlns:${prefix}="${wsuNamespace}"`
  }
  const at = endOfName(rest)
  const attribute = Buffer.from(`${declaration} ${prefix}:Id="${newId}"`)
  return { id: newId, bytes: [rest.subarray(0, at), attribute, rest.subarray(at)] }
}

/** Finds in the new message what is to be signed, and nothing that a block brought along. */
function partsOf(
  document: XmlDocument,
  bodyId: string,
  blocks: number,
  id: string,
): Pick<AssembledMessage, 'parts' | 'body'> {
  const header = document.firstChild(document.root)
  const children = header === undefined ? [] : [...document.children(header)]
  const security = children[blocks]
  const body = document.elementById(bodyId)
  const timestamp = document.elementById(`T-${id}`)
  if (
    security === undefined ||
    children.length !== blocks + 1 ||
    timestamp === undefined ||
    document.parent(timestamp) !== security ||
    body === undefined ||
    document.parent(body) !== document.root
  ) {
    throw new TypeError('a header block is not exactly one element')
  }
  const parts = children
    .slice(0, blocks)
    .map((element, index) => ({ element, id: `H${index}-${id}` }))
  return {
    parts: [{ element: timestamp, id: `T-${id}` }, ...parts, { element: body, id: bodyId }],
    body,
  }
}
