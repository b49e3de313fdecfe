/** XML and JSON as they are read: fixed limits, with their units in their names. */
import { defaultLimits } from './default-limits.js'

// XML.

export const xmlLimits = {
  /** One document. */
  bytesMax: 67_108_864,
  /** Tags, text runs, comments, attributes and namespace declarations of one document, together. */
  nodesMax: 2_000_000,
  /** Elements within elements; the root has depth 1. */
  depthMax: 100,
  attributesPerElementMax: 64,
  /** Distinct prefixes, the default namespace counted as one. */
  namespacesInScopeMax: 64,
  /** A name with its prefix. */
  nameBytesMax: 512,
  namespaceNameBytesMax: 1_024,
  /** Different names and namespace names in one document. */
  namesMax: 16_384,
  /** An xml:base that inclusive C14N 1.1 joins with others. */
  baseBytesMax: 2_048,
  /** The XML declaration, whose white space would else be without end. */
  declarationBytesMax: 512,
  /** Names and namespaces that a process remembers from one document to the next. */
  symbolsKeptMax: 2_048,
}

// JSON.

/** What a JSON text may have, a message's or a contract's. */
export const jsonLimits = {
  bytesMax: defaultLimits.payloadBytesMax,
  /** Arrays and objects inside one another. */
  depthMax: 100,
  /** Values of all kinds, and names of members: what bounds the memory that a small text can take. */
  valuesMax: 2_000_000,
  /** A number's text is kept; no double needs as much. */
  numberCharsMax: 1_024,
} as const
