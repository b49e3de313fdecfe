import { wsdlBytesMax } from '../../src/limits/contracts.js'
import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { readXml } from '../../src/xml/read-xml.js'
import { XmlError } from '../../src/xml/xml-error.js'
import { headerInsertions } from './wsdl-headers.js'
import { policyReference, securityPolicy } from './wsdl-policy.js'
import { escapedAttribute } from './write-xml.js'

const wsdlNamespace = 'http://schemas.xmlsoap.org/wsdl/'
const schemaNamespace = 'http://www.w3.org/2001/XMLSchema'
/** The bindings of WSDL to SOAP 1.1 (WSDL 1.1 §3) and SOAP 1.2. */
const soapBindings = [
  'http://schemas.xmlsoap.org/wsdl/soap/',
  'http://schemas.xmlsoap.org/wsdl/soap12/',
] as const
/** WS-Policy in its versions, and where it was attached from. */
const policyNamespaces: readonly string[] = [
  'http://schemas.xmlsoap.org/ws/2002/12/policy',
  'http://schemas.xmlsoap.org/ws/2004/09/policy',
  'http://www.w3.org/2006/07/ws-policy',
  'http://www.w3.org/ns/ws-policy',
]

/** A description of a service that the bus cannot serve as its own. */
export class WsdlError extends Error {
  override readonly name = 'WsdlError'
}

/** What the bus says in its description of a service. */
export interface WsdlTerms {
  /** Where consumers reach the bus. */
  readonly address: string
  /** Whether the service's messages have attachments, which must then be signed. */
  readonly hasAttachments: boolean
}

/** Bytes of the description that others take the place of. */
interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * A provider's WSDL 1.1 as the bus serves it: with the bus's address in every SOAP port, a policy at
 * every SOAP binding that says what must be signed, and X-Road's header blocks at every input that names none. The provider's own policies, and ports that are no
 * SOAP, are left out; every other byte stays.
 * @throws WsdlError naming what is wrong; among others where parts of the description are elsewhere
 */
export function busWsdl(wsdl: Uint8Array, { address, hasAttachments }: WsdlTerms): Buffer {
  const document = readWsdl(wsdl)
  checkImports(document)
  const edits: Edit[] = [...policyCuts(document)]
  for (const { at, text } of headerInsertions(document)) edits.push(insertion(at, text))
  let ports = 0
  let bindings = 0
  for (const child of document.children(document.root)) {
    if (document.is(child, wsdlNamespace, 'service')) {
      const ofService = portEdits(document, child, address)
      ports += ofService.soapPorts
      edits.push(...ofService.edits)
    } else if (document.is(child, wsdlNamespace, 'binding')) {
      const place = soapChild(document, child, 'binding')
      if (place === undefined) continue
      bindings++
      edits.push(insertion(document.range(place).start, policyReference))
    }
  }
  if (ports === 0 || bindings === 0) throw new WsdlError('The WSDL describes no SOAP port.')
  edits.push(insertion(policyPlace(document), securityPolicy(hasAttachments)))
  return edited(document.bytes, edits)
}

function readWsdl(wsdl: Uint8Array): XmlDocument {
  if (wsdl.length > wsdlBytesMax) throw new WsdlError('The WSDL is too large.')
  try {
    const document = readXml(wsdl)
    if (document.is(document.root, wsdlNamespace, 'definitions')) return document
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new WsdlError(`The WSDL is not accepted: ${error.message}.`, { cause: error })
  }
  throw new WsdlError('The root element is no definitions of WSDL 1.1.')
}

/** Nobody fetches anything: what a description needs must stand in it. */
function checkImports(document: XmlDocument): void {
  for (const element of everyElement(document)) {
    const name = document.localName(element)
    const namespace = document.namespace(element)
    if (namespace === wsdlNamespace && name === 'import') {
      throw new WsdlError('The WSDL imports another one (wsdl:import). Put it inline.')
    }
    const pointsOut = document.attribute(element, '', 'schemaLocation') !== undefined
    const isImport = name === 'import' || name === 'include' || name === 'redefine'
    if (namespace === schemaNamespace && isImport && pointsOut) {
      throw new WsdlError(`A schema is elsewhere (xs:${name} with schemaLocation). Put it inline.`)
    }
    for (const policyNamespace of policyNamespaces) {
      if (document.attribute(element, policyNamespace, 'PolicyURIs') === undefined) continue
      throw new WsdlError('The WSDL attaches a policy by the attribute PolicyURIs. Remove it.')
    }
  }
}

/** The provider's own policies say what the provider asks of the bus, and nothing to consumers. */
function policyCuts(document: XmlDocument): Edit[] {
  const cuts: Edit[] = []
  let end = 0
  for (const element of everyElement(document)) {
    if (!policyNamespaces.includes(document.namespace(element))) continue
    const range = document.range(element)
    // What stands inside a policy goes with it.
    if (range.start < end) continue
    end = range.end
    cuts.push({ ...range, text: '' })
  }
  return cuts
}

/** Each SOAP port gets the bus's address; another kind of port would lead past the bus. */
function portEdits(
  document: XmlDocument,
  service: XmlElement,
  location: string,
): { readonly edits: readonly Edit[]; readonly soapPorts: number } {
  const edits: Edit[] = []
  let soapPorts = 0
  for (const port of document.children(service)) {
    if (!document.is(port, wsdlNamespace, 'port')) continue
    const address = soapChild(document, port, 'address')
    if (address === undefined) {
      edits.push({ ...document.range(port), text: '' })
      continue
    }
    soapPorts++
    const namespace = document.namespace(address)
    const text = `<soap:address xmlns:soap="${namespace}" location="${escapedAttribute(location)}"/>`
    edits.push({ ...document.range(address), text })
  }
  return { edits, soapPorts }
}

function soapChild(
  document: XmlDocument,
  parent: XmlElement,
  localName: string,
): XmlElement | undefined {
  for (const namespace of soapBindings) {
    const child = document.child(parent, namespace, localName)
    if (child !== undefined) return child
  }
  return undefined
}

/** Extensions come first in definitions, behind the documentation (WSDL 1.1 §A.4.1). */
function policyPlace(document: XmlDocument): number {
  const first = document.firstChild(document.root)
  return first !== undefined && document.is(first, wsdlNamespace, 'documentation')
    ? document.range(first).end
    : document.contentRange(document.root).start
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text }
}

/** What is to be written before a byte comes before what takes that byte's place. */
function edited(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const inOrder = [...edits].sort((one, other) => one.start - other.start || one.end - other.end)
  const pieces: Buffer[] = []
  let from = 0
  for (const { start, end, text } of inOrder) {
    // What stands inside a port that is left out is left out with it.
    if (start < from) continue
    pieces.push(bytes.subarray(from, start), Buffer.from(text))
    from = end
  }
  pieces.push(bytes.subarray(from))
  return Buffer.concat(pieces)
}

/** Every element, in document order. */
function* everyElement(document: XmlDocument): Generator<XmlElement, void> {
  let element: XmlElement | undefined = document.root
  while (element !== undefined) {
    yield element
    element = document.firstChild(element) ?? nextOutside(document, element)
  }
}

function nextOutside(document: XmlDocument, element: XmlElement): XmlElement | undefined {
  let at: XmlElement | undefined = element
  while (at !== undefined) {
    const next = document.nextSibling(at)
    if (next !== undefined) return next
    at = document.parent(at)
  }
  return undefined
}
