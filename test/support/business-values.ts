import type { XmlDocument, XmlElement } from '../../src/xml/document.js'
import { readXml } from '../../src/xml/read-xml.js'

const instance = 'http://www.w3.org/2001/XMLSchema-instance'

/** Every element, attribute and text of a message, in order, whatever the prefixes. */
export function businessValues(xml: string): string[] {
  const document = readXml(Buffer.from(xml))
  return [...valuesOf(document, document.root, '')]
}

function* valuesOf(document: XmlDocument, element: XmlElement, outer: string): Generator<string> {
  const path = `${outer}/{${document.namespace(element)}}${document.localName(element)}`
  yield path
  const attributes = document.attributes(element).map(({ namespace, localName, value }) => {
    const isType = namespace === instance && localName === 'type'
    const colon = value.indexOf(':')
    const meant = isType
      ? `{${document.namespaceOfPrefix(element, value.slice(0, Math.max(colon, 0))) ?? ''}}${value.slice(colon + 1)}`
      : value
    return `${path}@{${namespace}}${localName}=${meant}`
  })
  yield* attributes.sort()
  if (document.firstChild(element) === undefined) yield `${path}=${document.text(element)}`
  for (const child of document.children(element)) yield* valuesOf(document, child, path)
}
