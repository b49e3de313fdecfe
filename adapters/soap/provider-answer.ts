import { Fault } from '../../src/exchange/fault.js'
import type { Payload, SpooledPayload } from '../../src/exchange/payload.js'
import type { RawHeaders } from '../../src/exchange/http-content.js'
import type {
  SoapLayout,
  SoapVersion,
  SpoolableAttachment,
} from '../../src/exchange/soap-content.js'
import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { readXml } from '../../src/xml/read-xml.js'
import { XmlError } from '../../src/xml/xml-error.js'
import { readContentType, type SoapContentType } from './content-type.js'
import { readMultipart } from './multipart.js'
import {
  mediaTypes,
  sluiceNamespace,
  soapNamespaces,
  versionOfNamespace,
  wsseNamespace,
  xroadNamespaces,
} from './names.js'
import { PackagingError } from '../../src/http/packaging-error.js'
import type { PlacedSoapPart } from './replace-soap-part.js'
import { readSpooledMultipart } from './spooled-multipart.js'

/** What a provider's system sent back. */
export interface ProviderResponse<Body extends Payload = Uint8Array> {
  readonly status: number
  readonly rawHeaders: RawHeaders
  readonly payload: Body
}

/** An answer that is a SOAP message as it was asked for. */
export interface ProviderAnswer {
  readonly version: SoapVersion
  readonly envelope: Uint8Array
  readonly document: XmlDocument
  readonly attachments: readonly SpoolableAttachment[]
  /** Where the envelope can be replaced; undefined where it came alone. */
  readonly multipart: PlacedSoapPart | undefined
  /** Whether it is packed as MTOM. */
  readonly isXop: boolean
  /** Where things stand; the Header may be missing. */
  readonly layout: Pick<SoapLayout, 'content' | 'body'>
  /** Whether the provider answered with a SOAP Fault of its own, which passes to the consumer. */
  readonly isFault: boolean
}

/**
 * Reads what a provider answered to a request in this version of SOAP. Whatever is no SOAP message is
 * refused with a sentence that tells the provider's engineer what came.
 * @throws Fault RESPONSE_INVALID for an answer that is none; PROVIDER_FAULT for a failure told by HTTP alone
 */
export function readProviderAnswer(response: ProviderResponse, asked: SoapVersion): ProviderAnswer {
  const { status, payload } = response
  const type = packagingAsked(response, asked)
  if (type.packaging === 'plain') {
    return {
      ...answerOf(payload, asked, status),
      attachments: [],
      multipart: undefined,
      isXop: false,
    }
  }
  try {
    const multipart = readMultipart(payload, type)
    const { soapPart, attachments } = multipart
    const isXop = type.packaging === 'mtom'
    return { ...answerOf(soapPart.envelope, asked, status), attachments, multipart, isXop }
  } catch (error) {
    throw packagingFault(error)
  }
}

/**
 * The same of an answer on the spool, which is a multipart.
 * @param hold - counts what of it comes into memory, before it does
 */
export async function readSpooledAnswer(
  { status, rawHeaders, payload }: ProviderResponse<SpooledPayload>,
  asked: SoapVersion,
  hold: (bytes: number) => void,
): Promise<ProviderAnswer> {
  const type = packagingAsked({ status, rawHeaders, payload: something }, asked)
  if (type.packaging === 'plain') throw new TypeError('an envelope alone on the spool')
  try {
    const { soapPart, envelope, attachments } = await readSpooledMultipart(payload, type, hold)
    const multipart = { bytes: payload, boundary: type.boundary, soapPart }
    const isXop = type.packaging === 'mtom'
    return { ...answerOf(envelope, asked, status), attachments, multipart, isXop }
  } catch (error) {
    throw packagingFault(error)
  }
}

/** What a payload on the spool is to those who only ask whether it is empty, or an HTML page. */
const something = Buffer.from('--')

/** @throws Fault as `readProviderAnswer` */
function packagingAsked(response: ProviderResponse, asked: SoapVersion): SoapContentType {
  checkHead(response)
  const type = packagingOf(response)
  if (type.version === asked) return type
  throw invalid('Content-Type', `The request was SOAP ${asked}, and the answer is not.`)
}

function answerOf(
  envelope: Uint8Array,
  asked: SoapVersion,
  status: number,
): Omit<ProviderAnswer, 'attachments' | 'multipart' | 'isXop'> {
  const { document, body, isFault } = readEnvelope(envelope, asked)
  if (status >= 300 && !isFault) {
    throw failed(`The provider answered with status ${status}, and its envelope holds no Fault.`)
  }
  const layout = { content: document.contentRange(document.root), body: document.range(body) }
  return { version: asked, envelope, document, layout, isFault }
}

/** What the head alone tells: a redirect, a compressed answer, nothing at all. */
function checkHead({ status, rawHeaders, payload }: ProviderResponse): void {
  if (status >= 300 && status < 400) {
    throw failed(
      `The provider redirects (status ${status}). Register the address to which it redirects.`,
    )
  }
  const coding = header(rawHeaders, 'content-encoding')?.toLowerCase()
  if (coding !== undefined && coding !== '' && coding !== 'identity') {
    throw invalid('Content-Encoding', 'The answer is compressed, and nobody had asked for that.')
  }
  if (payload.length > 0) return
  if (status < 300) {
    throw invalid('Envelope', `The answer is empty (status ${status}); a SOAP message is needed.`)
  }
  throw failed(`The provider answered with status ${status} and nothing else.`)
}

function packagingOf({ status, rawHeaders, payload }: ProviderResponse): SoapContentType {
  try {
    return readContentType(header(rawHeaders, 'content-type'))
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error
    const came = isHtml(rawHeaders, payload) ? 'an HTML page' : 'no SOAP message'
    if (status >= 400) {
      throw failed(
        `The provider answered with status ${status} and ${came}. ` +
          'Check the registered address, and what stands in front of the service.',
        error,
      )
    }
    if (error.field !== 'Content-Type') throw invalid(error.field, error.message, error)
    throw invalid(
      'Content-Type',
      `The answer is ${came}. The Content-Type must be ${mediaTypes['1.1']} for SOAP 1.1, ` +
        `${mediaTypes['1.2']} for SOAP 1.2, or multipart/related.`,
      error,
    )
  }
}

function isHtml(rawHeaders: RawHeaders, payload: Uint8Array): boolean {
  if (/^\s*text\/html\b/i.test(header(rawHeaders, 'content-type') ?? '')) return true
  const start = Buffer.from(payload.subarray(0, 64)).toString('latin1')
  return /^\s*<(?:!doctype\s+html|html)\b/i.test(start)
}

function readEnvelope(
  envelope: Uint8Array,
  asked: SoapVersion,
): { readonly document: XmlDocument; readonly body: XmlElement; readonly isFault: boolean } {
  const document = readAnswerXml(envelope)
  const namespace = soapNamespaces[asked]
  if (document.localName(document.root) !== 'Envelope') {
    throw invalid('Envelope', 'The root element of the answer is no Envelope.')
  }
  if (document.namespace(document.root) !== namespace) {
    const version = versionOfNamespace(document.namespace(document.root))
    const found = version === undefined ? 'of no known version' : `of SOAP ${version}`
    throw invalid('Envelope', `The Envelope is ${found}; the request was SOAP ${asked}.`)
  }
  const first = document.firstChild(document.root)
  const hasHeader = first !== undefined && document.is(first, namespace, 'Header')
  if (hasHeader) checkHeader(document, first, namespace)
  const body = hasHeader ? document.nextSibling(first) : first
  if (body === undefined || !document.is(body, namespace, 'Body')) {
    throw invalid('Body', 'The Envelope of the answer has no Body where it must be.')
  }
  if (document.nextSibling(body) !== undefined || !document.hasOnlyElements(document.root)) {
    throw invalid('Envelope', 'Something stands beside Header and Body in the answer.')
  }
  const answer = document.firstChild(body)
  const isFault = answer !== undefined && document.is(answer, namespace, 'Fault')
  if (isFault && document.nextSibling(answer) !== undefined) {
    throw invalid('Body', 'Something follows the Fault in the Body of the answer.')
  }
  return { document, body, isFault }
}

/**
 * Header blocks of the provider stay behind: in a reply the Header is the bus's word. One that somebody must understand
 * cannot (SOAP 1.1 §4.2.3, SOAP 1.2 part 1 §5.2.3); Security, and those that the bus knows, are understood.
 */
function checkHeader(document: XmlDocument, header: XmlElement, soap: string): void {
  for (const block of document.children(header)) {
    const must = document.attribute(block, soap, 'mustUnderstand')?.trim()
    if (must !== '1' && must !== 'true') continue
    const namespace = document.namespace(block)
    const isKnown =
      namespace === wsseNamespace ||
      namespace === sluiceNamespace ||
      namespace.startsWith(xroadNamespaces)
    if (isKnown) continue
    throw invalid(
      'Header',
      'A header block of the answer must be understood, and the bus does not know it.',
    )
  }
}

function readAnswerXml(envelope: Uint8Array): XmlDocument {
  try {
    return readXml(envelope)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const { reason, line, column } = error
    throw invalid(
      'Envelope',
      `The XML of the answer is not accepted: ${reason} (line ${line}, column ${column}).`,
      error,
    )
  }
}

/** What is packed wrongly is told as the provider's; any other error stays what it is. */
function packagingFault(error: unknown): unknown {
  if (!(error instanceof PackagingError)) return error
  const detail = `The multipart of the answer is not accepted. ${error.message}`
  return invalid(error.field, detail, error)
}

function header(rawHeaders: RawHeaders, lowerName: string): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === lowerName) return rawHeaders[at + 1]
  }
  return undefined
}

function invalid(field: string, detail: string, cause?: unknown): Fault {
  return new Fault('RESPONSE_INVALID', { field, detail, cause })
}

function failed(detail: string, cause?: unknown): Fault {
  return new Fault('PROVIDER_FAULT', { detail, cause })
}
