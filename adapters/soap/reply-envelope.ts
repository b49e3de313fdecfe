import { hash } from 'node:crypto'
import { Fault } from '../../src/exchange/fault.js'
import type { VerifiedSoapHead, VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import type { VerifiedElement } from '../../src/exchange/verified-element.js'
import { identifiersNamespace, sluiceNamespace, xroadNamespace, xroadNamespaces } from './names.js'
import { escapedAttribute, escapedText } from './write-xml.js'

/** What the bus says in a reply of its own. */
export interface ReplyTerms {
  readonly exchangeId: string
  /** Leaf hash of the reply's entry in the message log. */
  readonly entry: Uint8Array
  /** Undefined where the bus could not sign one; so in a refusal that the message log could not take. */
  readonly receipt: string | undefined
  /** The access right that leaves fields out of the answer; undefined where none does. */
  readonly filteredBy?: string | undefined
}

/** The same in a refusal. */
export type RefusalTerms = Omit<ReplyTerms, 'entry' | 'filteredBy'>

/**
 * The header blocks of the reply to a request (X-Road Message Protocol 4.0 §2.2): the request's X-Road
 * blocks in their order, `requestHash` over the SOAP part as received, and ours. The signer gives them
 * to the provider's envelope, whose own Header stays behind: in a reply the Header is the bus's word.
 */
export function replyHeaderBlocks(
  request: VerifiedSoapRequest,
  { exchangeId, entry, receipt, filteredBy }: ReplyTerms,
): Buffer[] {
  const blocks = repeatedBlocks(request)
  blocks.push(
    Buffer.from(requestHashOf(request)),
    sluiceBlock('exchangeId', exchangeId),
    sluiceBlock('entry', Buffer.from(entry).toString('base64url')),
  )
  if (filteredBy !== undefined) blocks.push(sluiceBlock('filtered', filteredBy))
  if (receipt !== undefined) blocks.push(sluiceBlock('receipt', receipt))
  return blocks
}

/**
 * The header blocks of a refusal: what had been verified of the request, if anything, and the exchange. A
 * block that is no such block, which may be why the request is refused, is not repeated.
 */
export function refusalHeaderBlocks(
  request: VerifiedSoapHead | undefined,
  { exchangeId, receipt }: RefusalTerms,
): Buffer[] {
  const blocks: Buffer[] = []
  for (const block of request?.headerBlocks ?? []) {
    if (!block.namespace.startsWith(xroadNamespaces)) continue
    try {
      blocks.push(Buffer.from(writtenBlock(block)))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
  blocks.push(sluiceBlock('exchangeId', exchangeId))
  if (receipt !== undefined) blocks.push(sluiceBlock('receipt', receipt))
  return blocks
}

/** @throws Fault never for what `readEnvelope` has read */
function repeatedBlocks({ headerBlocks }: VerifiedSoapHead): Buffer[] {
  return headerBlocks
    .filter(({ namespace }) => namespace.startsWith(xroadNamespaces))
    .map((block) => Buffer.from(writtenBlock(block)))
}

/** X-Road's header blocks that hold elements, of those that `readEnvelope` lets pass. */
const withElements: ReadonlySet<string> = new Set([
  'client',
  'representedParty',
  'securityServer',
  'service',
])

/**
 * A block again as its values say, with the namespaces that it uses: neither the consumer's Id, which
 * its signature needed, nor its actor or mustUnderstand are the reply's.
 */
function writtenBlock(block: VerifiedElement): string {
  const { namespace, localName } = block
  const objectType = block.attribute(identifiersNamespace, 'objectType')
  const attribute =
    objectType === undefined
      ? ''
      : ` xmlns:id="${identifiersNamespace}" id:objectType="${escapedAttribute(objectType)}"`
  const content = withElements.has(localName)
    ? block.children().map(writtenPart).join('')
    : escapedText(block.text())
  const name = `xroad:${localName}`
  return `<${name} xmlns:xroad="${escapedAttribute(namespace)}"${attribute}>${content}</${name}>`
}

function writtenPart(part: VerifiedElement): string {
  const { namespace, localName } = part
  const prefix = namespace === identifiersNamespace ? 'id' : 'part'
  const declaration = ` xmlns:${prefix}="${escapedAttribute(namespace)}"`
  if (namespace === '') return `<${localName}>${escapedText(part.text())}</${localName}>`
  const name = `${prefix}:${localName}`
  return `<${name}${declaration}>${escapedText(part.text())}</${name}>`
}

const sha256Id = 'http://www.w3.org/2001/04/xmlenc#sha256'

function requestHashOf({ envelope, payload, payloadSha256 }: VerifiedSoapRequest): string {
  const isWhole = envelope.length === payload.length
  const digest = isWhole
    ? Buffer.from(payloadSha256).toString('base64')
    : hash('sha256', envelope, 'base64')
  return (
    `<xroad:requestHash xmlns:xroad="${xroadNamespace}" algorithmId="${sha256Id}">` +
    `${digest}</xroad:requestHash>`
  )
}

function sluiceBlock(localName: string, text: string): Buffer {
  return Buffer.from(
    `<sluice:${localName} xmlns:sluice="${sluiceNamespace}">${escapedText(text)}</sluice:${localName}>`,
  )
}
