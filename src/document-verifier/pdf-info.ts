/** What a PDF says of itself, in its information dictionary (ISO 32000-1 §14.3.3). */
export interface PdfInfo {
  readonly title: string | undefined
  readonly keywords: string | undefined
}

/** Reads what the last trailer names; of a file whose signature is good. What cannot be read is not there. */
export function readPdfInfo(pdf: Buffer): PdfInfo {
  const text = pdf.toString('latin1')
  const trailer = [...text.matchAll(/\/Info (\d{1,10}) (\d{1,5}) R/g)].at(-1)
  const info = trailer ? objectIn(text, trailer) : ''
  return { title: entryOf(text, info, 'Title'), keywords: entryOf(text, info, 'Keywords') }
}

/** The newest object that a reference names, to its end. */
function objectIn(text: string, [, number, generation]: RegExpMatchArray): string {
  const head = `\n${number} ${generation} obj\n`
  const start = text.lastIndexOf(head)
  const end = start === -1 ? -1 : text.indexOf('\nendobj', start)
  return end === -1 ? '' : text.slice(start + head.length, end)
}

function entryOf(text: string, dictionary: string, key: string): string | undefined {
  const reference = new RegExp(`/${key} (\\d{1,10}) (\\d{1,5}) R`).exec(dictionary)
  if (!reference) return stringAt(dictionary, `/${key} (`)
  return stringAt(objectIn(text, reference), '(')
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** A literal string (§7.3.4.2): as Latin-1 where it is ASCII, or as UTF-16 with its mark. */
function stringAt(dictionary: string, key: string): string | undefined {
  const start = dictionary.indexOf(key)
  if (start === -1) return undefined
  let bytes = ''
  for (let at = start + key.length; at < dictionary.length; at += 1) {
    const next = dictionary.charAt(at)
    if (next === ')') return decoded(bytes)
    if (next !== '\\') {
      bytes += next
      continue
    }
    at += 1
    const escaped = dictionary.charAt(at)
    bytes += escapes[escaped] ?? escaped
  }
  return undefined
}

function decoded(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1')
  const isUtf16 = bytes.startsWith('\u00FE\u00FF') && buffer.length % 2 === 0
  return isUtf16 ? buffer.subarray(2).swap16().toString('utf16le') : bytes
}
