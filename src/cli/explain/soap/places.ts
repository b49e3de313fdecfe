import type { XmlDocument, XmlElement } from '../../../xml/document.js'
import { placeOf } from '../../../xml/xml-error.js'

/** Where in an envelope an element stands, for people to find it. */
export interface Place {
  /** Names with the message's own prefixes, such as `S:Envelope/S:Header/xroad:client`. */
  readonly path: string
  /** In the envelope, from 1. */
  readonly line: number
  /** In characters, from 1. */
  readonly column: number
}

export function placeOfElement(document: XmlDocument, element: XmlElement): Place {
  const names: string[] = []
  let at: XmlElement | undefined = element
  for (; at !== undefined; at = document.parent(at)) names.unshift(nameOf(document, at))
  const { line, column } = placeOf(document.bytes, document.range(element).start)
  return { path: names.join('/'), line, column }
}

/** As it stands in the message, prefix included. */
export function nameOf(document: XmlDocument, element: XmlElement): string {
  const prefix = document.prefix(element)
  const localName = document.localName(element)
  return prefix === '' ? localName : `${prefix}:${localName}`
}

export function placeText({ path, line, column }: Place): string {
  return `${path} (line ${line}, column ${column})`
}
