/** Characters that need a look: marks, line ends that a reader would change, and what is no character of XML. */
const special = /[&<>"\t\n\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/

// XML 1.0 §2.2; half a character is looked for apart.
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/**
 * A text as the content of an element: what is read back is the same text.
 * @returns undefined where XML has no way to write one of its characters (XML 1.0 §2.2)
 */
export function escapedText(text: string): string | undefined {
  if (!special.test(text)) return text
  if (notXml.test(text) || !text.isWellFormed()) return undefined
  return text.replace(/[&<>\r]/g, (character) => references[character] ?? character)
}

/** The same within the quotes of an attribute, where white space would become spaces (§3.3.3). */
export function escapedAttribute(text: string): string | undefined {
  if (!special.test(text)) return text
  if (notXml.test(text) || !text.isWellFormed()) return undefined
  return text.replace(/[&<>"\t\n\r]/g, (character) => references[character] ?? character)
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}
