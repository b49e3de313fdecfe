import type { JsonValue } from '../json/json-value.js'
import type { Traced } from '../mediation/traced.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { UsageError } from './command-io.js'

/** What became of one message, and how. */
export interface Carried {
  readonly from: 'JSON' | 'XML'
  readonly to: 'JSON' | 'XML' | 'HTTP'
  /** Lines. */
  readonly output: readonly string[]
  readonly values: readonly CarriedValue[]
}

/** The way of one value. */
export interface CarriedValue {
  /** Where it stood, and where it stands; `–` for nowhere. */
  readonly from: string
  readonly to: string
  readonly value: JsonValue | undefined
  readonly rules: readonly string[]
}

const nowhere = '–'

/** @param inJson - the place in the JSON, as it is told of */
export function wayOf(
  { xmlPath, jsonPath, value, rules }: Traced,
  from: 'JSON' | 'XML',
  inJson: (path: string) => string = (path) => path,
): CarriedValue {
  const json = jsonPath === undefined ? nowhere : inJson(jsonPath) || '/'
  const xml = xmlPath || '/'
  return from === 'JSON'
    ? { from: json, to: xml, value, rules }
    : { from: xml, to: json, value, rules }
}

/** What stands in the Body, or in the detail of a Fault there; without an envelope, the document. */
export function payloadOf(document: XmlDocument): XmlElement {
  const { root } = document
  if (document.localName(root) !== 'Envelope') return root
  const namespace = document.namespace(root)
  const body = document.child(root, namespace, 'Body')
  const first = body === undefined ? undefined : document.firstChild(body)
  if (first === undefined) throw new UsageError('The envelope has nothing in its Body.')
  if (!document.is(first, namespace, 'Fault')) return first
  const detail = document.child(first, '', 'detail') ?? document.child(first, namespace, 'Detail')
  const child = detail === undefined ? undefined : document.firstChild(detail)
  if (child === undefined) throw new UsageError('The Fault has no detail.')
  return child
}
