import { createHash, createHmac, verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalOctets } from '../../src/xml/c14n/canonicalise.js'
import { c14nMethod, UnsupportedTransform, type C14nMethod } from '../../src/xml/c14n/method.js'
import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { readXml } from '../../src/xml/read-xml.js'
import { XmlError } from '../../src/xml/xml-error.js'
import { descendants, ds } from './xml-signature-elements.js'
import { keyOf } from './xml-signature-key.js'

/*
 * As much of XML Signature as it takes to see that canonical octets are right: the digests and signature
 * values of others are made over them. Nothing in here is strict, and the bus has none of it.
 */
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const inclusive10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

/** `equal`: the octets are those that the signer had. Everything else says why that is not known. */
export type Outcome = 'equal' | 'DIFFERENT' | `not tried: ${string}` | `refused: ${string}`

/** The outcomes of all references and signature values in a file. */
export function outcomesIn(file: string): Outcome[] {
  let document: XmlDocument
  try {
    document = readXml(readFileSync(file))
  } catch (error) {
    if (error instanceof XmlError) return [`refused: ${error.reason}`]
    throw error
  }
  return descendants(document, 'Signature').flatMap((signature) => [
    ...descendants(document, 'Reference', signature).map((reference) =>
      attempt(() => referenceOutcome(document, file, signature, reference)),
    ),
    attempt(() => valueOutcome(document, file, signature)),
  ])
}

function attempt(judge: () => Outcome): Outcome {
  try {
    return judge()
  } catch (error) {
    if (error instanceof UnsupportedTransform) return `refused: ${error.message}`
    if (error instanceof XmlError) return `refused: ${error.reason}`
    throw error
  }
}

const algorithmOf = (document: XmlDocument, element: XmlElement): string =>
  document.attribute(element, '', 'Algorithm') ?? ''

function methodOf(document: XmlDocument, element: XmlElement): C14nMethod {
  const list = document.child(element, exclusive, 'InclusiveNamespaces')
  const prefixes = list === undefined ? '' : (document.attribute(list, '', 'PrefixList') ?? '')
  const names = prefixes.split(/\s+/).filter((prefix) => prefix !== '')
  return c14nMethod(algorithmOf(document, element), names)
}

/** What a reference names: a part of a document, or a file's octets. */
interface Content {
  readonly document: XmlDocument | undefined
  readonly octets: Buffer
  readonly element: XmlElement | undefined
  readonly comments: boolean
}

function contentOf(document: XmlDocument, file: string, uri: string): Content | undefined {
  const whole = { document, octets: document.bytes, element: undefined }
  if (uri === '') return { ...whole, comments: false }
  if (uri === '#xpointer(/)') return { ...whole, comments: true }
  const [, id] = /^#xpointer\(id\(['"](.*)['"]\)\)$/.exec(uri) ?? /^#(.*)$/.exec(uri) ?? []
  if (id !== undefined) {
    const element = document.elementById(id)
    return element === undefined
      ? undefined
      : { ...whole, element, comments: uri.startsWith('#xpointer') }
  }
  const path = join(dirname(file), uri)
  if (uri.includes('://') || !existsSync(path)) return undefined
  return { document: undefined, octets: readFileSync(path), element: undefined, comments: true }
}

function referenceOutcome(
  document: XmlDocument,
  file: string,
  signature: XmlElement,
  reference: XmlElement,
): Outcome {
  const uri = document.attribute(reference, '', 'URI')
  const content = contentOf(document, file, uri ?? 'urn:none')
  if (!content) return 'not tried: what the reference names is not among the vectors'
  const octets = transformed(document, signature, reference, content)
  if (!octets) return 'not tried: a file as it is, without C14N'
  const [digestMethod] = descendants(document, 'DigestMethod', reference)
  const [digestValue] = descendants(document, 'DigestValue', reference)
  const hash = createHash(hashOf(algorithmOf(document, digestMethod!)))
  return compare(document.text(digestValue!), hash.update(octets).digest())
}

/** The canonical octets that the transforms make; undefined if there is no C14N among them. */
function transformed(
  document: XmlDocument,
  signature: XmlElement,
  reference: XmlElement,
  content: Content,
): Buffer | undefined {
  let octets: Buffer | undefined
  let without: XmlElement | undefined
  const write = (method: C14nMethod): void => {
    if (octets) {
      octets = canonicalOctets(readXml(octets), method)
      return
    }
    const { element, comments } = content
    const limited = { ...method, comments: method.comments && comments }
    const source = content.document ?? readXml(content.octets)
    octets = canonicalOctets(source, limited, { element, without })
  }
  for (const transform of descendants(document, 'Transform', reference)) {
    if (algorithmOf(document, transform) === `${ds}enveloped-signature`) without = signature
    else write(methodOf(document, transform))
  }
  // Nodes that are left become octets by inclusive C14N (XML Signature §4.4.3.2).
  if (!octets && content.document) write(c14nMethod(inclusive10))
  return octets
}

const hashOf = (algorithm: string): string => algorithm.replace(/^.*[#-]/, '')

function compare(base64: string, ...candidates: readonly Buffer[]): Outcome {
  const signed = Buffer.from(base64, 'base64')
  if (signed.length === 0) return unsigned
  return candidates.some((octets) => octets.equals(signed)) ? 'equal' : 'DIFFERENT'
}

const unsigned = 'not tried: a template that nobody signed'

function valueOutcome(document: XmlDocument, file: string, signature: XmlElement): Outcome {
  const signedInfo = document.child(signature, ds, 'SignedInfo')!
  const method = document.child(signedInfo, ds, 'SignatureMethod')!
  const c14n = methodOf(document, document.child(signedInfo, ds, 'CanonicalizationMethod')!)
  const octets = canonicalOctets(document, c14n, { element: signedInfo })
  const value = document.text(document.child(signature, ds, 'SignatureValue')!)
  const name = algorithmOf(document, method).replace(/^.*#/, '')
  if (name.startsWith('hmac-')) {
    if (document.firstChild(method) !== undefined) return 'not tried: a truncated HMAC'
    const hmac = (key: Buffer): Buffer => createHmac(hashOf(name), key).update(octets).digest()
    return compare(value, ...hmacKeys(file).map(hmac))
  }
  const key = keyOf(document, signature)
  if (!key) return 'not tried: the key is not in the signature, or of no kind that is read here'
  const hash = name.startsWith('eddsa') ? null : hashOf(name)
  const signed = Buffer.from(value, 'base64')
  if (signed.length === 0) return unsigned
  const isEqual = verify(hash, octets, { key, dsaEncoding: 'ieee-p1363' }, signed)
  return isEqual ? 'equal' : 'DIFFERENT'
}

/** The keys that the README of the vectors names, and one that stands beside some of them. */
function hmacKeys(file: string): Buffer[] {
  const beside = join(dirname(file), `secret-${file.replace(/^.*hmac_(sha\d+).*$/, '$1')}.hmac`)
  const keys = ['secret', 'test', 'testkey'].map((text) => Buffer.from(text))
  return existsSync(beside) ? [...keys, readFileSync(beside)] : keys
}
