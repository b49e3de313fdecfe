import { Fault } from '../../exchange/fault.js'
import type { SoapVersion } from '../../exchange/soap-content.js'
import { headerBlocksMax } from '../../limits/soap.js'
import type { XmlDocument, XmlElement } from '../../xml/document.js'
import {
  isEnvelopeNamespace,
  shownName,
  soap11Namespace,
  soap12Namespace,
  wsseNamespace,
} from './names.js'

/** The frame of a SOAP message. */
export interface SoapEnvelope {
  readonly document: XmlDocument
  readonly version: SoapVersion
  readonly namespace: string
  readonly header: XmlElement
  /** The Header's children, in order. */
  readonly blocks: readonly XmlElement[]
  /** Undefined where only the beginning of the message has been read. */
  readonly body: XmlElement | undefined
}

/**
 * Reads Envelope and Header of a document that may end after its Header (SOAP 1.1 §4, SOAP 1.2 §5).
 * @throws Fault REQUEST_INVALID, SIGNATURE_MISSING where there is no Header
 */
export function readSoapEnvelope(document: XmlDocument, isWhole: boolean): SoapEnvelope {
  const namespace = document.namespace(document.root)
  const version = versionOf(namespace)
  if (version === undefined || document.localName(document.root) !== 'Envelope') {
    // An Envelope of another version has a fault code of its own (SOAP 1.1 §4.4.1).
    const field = document.localName(document.root) === 'Envelope' ? 'VersionMismatch' : 'Envelope'
    throw invalidRequest(field, 'The root element is no Envelope of SOAP 1.1 or 1.2.')
  }
  const header = document.firstChild(document.root)
  if (header !== undefined && document.is(header, namespace, 'Body')) {
    throw new Fault('SIGNATURE_MISSING')
  }
  if (header === undefined || !document.is(header, namespace, 'Header')) {
    throw invalidRequest('Envelope', 'The first element of the Envelope is not its Header.')
  }
  const blocks = headerBlocks(document, header)
  checkRepetition(document, blocks)
  const body = isWhole ? bodyAfter(document, header) : undefined
  return { document, version, namespace, header, blocks, body }
}

/**
 * The Body, which must follow the Header and end the message: SOAP 1.1 knows elements after it, which
 * nobody would look for.
 * @throws Fault REQUEST_INVALID
 */
export function bodyAfter(document: XmlDocument, header: XmlElement): XmlElement {
  const body = document.nextSibling(header)
  const namespace = document.namespace(document.root)
  if (body === undefined || !document.is(body, namespace, 'Body')) {
    throw invalidRequest('Body', 'No Body follows the Header.')
  }
  if (document.nextSibling(body) !== undefined) {
    throw invalidRequest('Envelope', 'Something follows the Body.')
  }
  if (!document.hasOnlyElements(document.root)) {
    throw invalidRequest('Envelope', 'The Envelope has text beside its elements.')
  }
  return body
}

function versionOf(namespace: string): SoapVersion | undefined {
  if (namespace === soap11Namespace) return '1.1'
  return namespace === soap12Namespace ? '1.2' : undefined
}

function headerBlocks(document: XmlDocument, header: XmlElement): XmlElement[] {
  if (!document.hasOnlyElements(header)) {
    throw invalidRequest('Header', 'The Header has text beside its elements.')
  }
  const blocks: XmlElement[] = []
  let block = document.firstChild(header)
  for (; block !== undefined; block = document.nextSibling(block)) {
    if (blocks.push(block) > headerBlocksMax) {
      throw invalidRequest('Header', 'The Header has too many blocks.')
    }
  }
  return blocks
}

/** Of two header blocks that say who asks what, another reader may take the other one. */
function checkRepetition(document: XmlDocument, blocks: readonly XmlElement[]): void {
  const seen = new Set<string>()
  for (const block of blocks) {
    const namespace = document.namespace(block)
    if (!isEnvelopeNamespace(namespace)) continue
    const localName = document.localName(block)
    const name = `${namespace} ${localName}`
    if (seen.has(name)) throw invalidRequest(shownName(localName), 'The header block is repeated.')
    seen.add(name)
  }
}

/** Whom a header block is for (SOAP 1.1 §4.2.2, SOAP 1.2 §2.2). */
export function isForUs(
  { document, version, namespace }: SoapEnvelope,
  block: XmlElement,
): boolean {
  const to = document.attribute(block, namespace, version === '1.1' ? 'actor' : 'role')
  return to === undefined || to === '' || ours[version].includes(to)
}

const ours: Readonly<Record<SoapVersion, readonly string[]>> = {
  '1.1': ['http://schemas.xmlsoap.org/soap/actor/next'],
  '1.2': [
    'http://www.w3.org/2003/05/soap-envelope/role/next',
    'http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver',
  ],
}

/** Whether a header block must be understood by whom it is for. */
export function mustBeUnderstood(
  { document, namespace }: SoapEnvelope,
  block: XmlElement,
): boolean {
  const value = document.attribute(block, namespace, 'mustUnderstand')?.trim()
  return value === '1' || value === 'true'
}

/**
 * The one Security header that is for us.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID where there are several
 */
export function securityHeader(envelope: SoapEnvelope): XmlElement {
  const { document, blocks } = envelope
  const [security, ...others] = blocks.filter(
    (block) => document.is(block, wsseNamespace, 'Security') && isForUs(envelope, block),
  )
  if (security === undefined) throw new Fault('SIGNATURE_MISSING')
  if (others.length === 0) return security
  throw new Fault('SIGNATURE_INVALID', {
    field: 'Security',
    detail: 'There must be one Security header for this receiver, and there are several.',
  })
}

/** The refusal of a message that is no SOAP message as it should be. */
export function invalidRequest(field: string, detail: string, cause?: unknown): Fault {
  return new Fault('REQUEST_INVALID', { field, detail, cause })
}
