import type { XmlDocument, XmlElement } from '../xml/document.js'
import { XmlError } from '../xml/xml-error.js'
import { SubjectError, type FoundValues } from './found-values.js'
import { anySegment } from './pointer.js'

/**
 * Finds the values at a place of an XML message, by the local names of its elements whatever their namespace: whoever
 * reads the message may not look at those. Names are as in the JSON form of XML (src/mediation): `@kod` is an attribute,
 * `$` the text beside attributes. There an element that repeats is an array; so `*` stands for one of several, too.
 * @throws SubjectError for too many, and for text that readers would read differently
 */
export function findInXml(
  document: XmlDocument,
  element: XmlElement,
  segments: readonly string[],
  found: FoundValues,
  at = 0,
): void {
  const segment = segments[at]
  if (segment === undefined || segment === '$') findAll(document, element, found)
  else if (segment.startsWith('@')) findAttribute(document, element, segment.slice(1), found)
  else {
    if (segment === anySegment) findInXml(document, element, segments, found, at + 1)
    for (const child of document.children(element)) {
      if (segment === anySegment || document.localName(child) === segment) {
        findInXml(document, child, segments, found, at + 1)
      }
    }
  }
}

function findAttribute(
  document: XmlDocument,
  element: XmlElement,
  name: string,
  found: FoundValues,
): void {
  for (const { localName, value } of document.attributes(element)) {
    if (localName === name) found.add(value)
  }
}

function findAll(document: XmlDocument, element: XmlElement, found: FoundValues): void {
  if (document.firstChild(element) === undefined) {
    found.add(textOf(document, element))
    return
  }
  if (!document.hasOnlyElements(element)) throw new SubjectError('text stands beside elements')
  for (const child of document.children(element)) findAll(document, child, found)
}

function textOf(document: XmlDocument, element: XmlElement): string {
  try {
    return document.text(element)
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new SubjectError('a comment stands within a value', { cause: error })
  }
}
