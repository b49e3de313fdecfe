import type { XmlAttribute } from '../xml/document.js'
import { xsiNamespace } from '../xsd/built-in-types.js'

export function isNamed(
  name: { readonly namespace: string; readonly localName: string },
  namespace: string,
  localName: string,
): boolean {
  return name.localName === localName && name.namespace === namespace
}

/** The value of an attribute of XML Schema's own. */
export function xsiValue(
  attributes: readonly XmlAttribute[],
  localName: string,
): string | undefined {
  return attributes.find((each) => isNamed(each, xsiNamespace, localName))?.value
}

export function isNil(attributes: readonly XmlAttribute[]): boolean {
  const said = xsiValue(attributes, 'nil')?.trim()
  return said === 'true' || said === '1'
}
