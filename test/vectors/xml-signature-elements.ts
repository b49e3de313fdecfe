import type { XmlDocument, XmlElement } from '../../src/xml/document.js'

export const ds = 'http://www.w3.org/2000/09/xmldsig#'

/** Elements of this name in the namespace of XML Signature, in document order. */
export function descendants(
  document: XmlDocument,
  name: string,
  within = document.root,
): XmlElement[] {
  const found: XmlElement[] = []
  const visit = (element: XmlElement): void => {
    if (document.is(element, ds, name)) found.push(element)
    for (const child of document.children(element)) visit(child)
  }
  visit(within)
  return found
}
