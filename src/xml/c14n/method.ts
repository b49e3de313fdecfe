/** A way to write XML as canonical octets: one of those that XML Signature names. */
export interface C14nMethod {
  readonly form: 'exclusive' | 'inclusive 1.0' | 'inclusive 1.1'
  readonly comments: boolean
  /** InclusiveNamespaces PrefixList of the exclusive form; `#default` is the default namespace. */
  readonly inclusivePrefixes: readonly string[]
}

/** A transform that is not on the list, and so is never carried out. */
export class UnsupportedTransform extends Error {
  override readonly name = 'UnsupportedTransform'
}

const methods: ReadonlyMap<string, Omit<C14nMethod, 'inclusivePrefixes'>> = new Map([
  ['http://www.w3.org/2001/10/xml-exc-c14n#', { form: 'exclusive', comments: false }],
  ['http://www.w3.org/2001/10/xml-exc-c14n#WithComments', { form: 'exclusive', comments: true }],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', { form: 'inclusive 1.0', comments: false }],
  [
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
    { form: 'inclusive 1.0', comments: true },
  ],
  ['http://www.w3.org/2006/12/xml-c14n11', { form: 'inclusive 1.1', comments: false }],
  ['http://www.w3.org/2006/12/xml-c14n11#WithComments', { form: 'inclusive 1.1', comments: true }],
])

/** What is known by name and still refused, with the reason; everything else is simply unknown. */
const refused: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/TR/1999/REC-xpath-19991116', 'an XPath filter'],
  ['http://www.w3.org/2002/06/xmldsig-filter2', 'an XPath filter 2.0'],
  ['http://www.w3.org/2000/09/xmldsig#base64', 'a Base64 decoding'],
  ['http://www.w3.org/TR/1999/REC-xslt-19991116', 'an XSLT stylesheet'],
  ['http://www.w3.org/2010/xml-c14n2', 'Canonical XML 2.0'],
])

/**
 * The method with this algorithm identifier (XML Signature 1.1 §6.5, Exclusive C14N 1.0 §4).
 * @throws UnsupportedTransform for every other identifier
 */
export function c14nMethod(
  algorithm: string,
  inclusivePrefixes: readonly string[] = [],
): C14nMethod {
  const method = methods.get(algorithm)
  if (!method) {
    throw new UnsupportedTransform(
      `${refused.get(algorithm) ?? 'an unknown transform'} is not carried out`,
    )
  }
  if (inclusivePrefixes.length > 0 && method.form !== 'exclusive') {
    throw new UnsupportedTransform('only exclusive C14N has a list of prefixes')
  }
  return { ...method, inclusivePrefixes }
}
