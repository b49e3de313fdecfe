/** Text for the content of an element. */
export function escapedText(text: string): string {
  return readable(text).replace(/[&<>\r]/g, (character) => references[character] ?? '')
}

/** Text for the value of an attribute in double quotes. */
export function escapedAttribute(text: string): string {
  return readable(text).replace(/[&<>"\t\n\r]/g, (character) => references[character] ?? '')
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

// Characters that no XML 1.0 document can hold become the one that says so.
function readable(text: string): string {
  return text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
}
