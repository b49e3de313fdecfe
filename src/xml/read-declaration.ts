import { startsWith } from './references.js'
import { xmlLimits } from '../limits/documents.js'
import { isSpace } from './characters.js'
import { XmlError } from './xml-error.js'

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])
const mark = Buffer.from('<?xml')

// How UTF-16 and UTF-32 begin, with and without a byte order mark (XML 1.0 appendix F.1).
const otherEncodings = [
  [0xfe, 0xff],
  [0xff, 0xfe],
  [0x00, 0x3c],
  [0x3c, 0x00],
  [0x00, 0x00],
].map((octets) => Buffer.from(octets))

// XMLDecl (XML 1.0 §2.8, §4.3.3).
const s = '[ \\t\\r\\n]'
const declaration = new RegExp(
  `^<\\?xml${s}+version${s}*=${s}*(?<version>"1\\.[0-9]+"|'1\\.[0-9]+')` +
    `(?:${s}+encoding${s}*=${s}*(?<encoding>"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?` +
    `(?:${s}+standalone${s}*=${s}*(?:"yes"|"no"|'yes'|'no'))?${s}*\\?>`,
)

/**
 * Reads byte order mark and XML declaration, which may both be absent.
 * @returns the offset after them
 * @throws XmlError
 */
export function readDeclaration(bytes: Buffer): number {
  if (otherEncodings.some((start) => startsWith(bytes, 0, start))) {
    throw new XmlError('refused', 'the encoding is UTF-16 or UTF-32 and not UTF-8', bytes, 0)
  }
  const start = startsWith(bytes, 0, byteOrderMark) ? byteOrderMark.length : 0
  // `<?xml-stylesheet` is a processing instruction, and refused as such by the reader.
  if (!startsWith(bytes, start, mark) || !isSpace(bytes[start + mark.length])) return start
  const found = declaration.exec(
    bytes.toString('latin1', start, start + xmlLimits.declarationBytesMax),
  )
  if (!found) throw new XmlError('malformed', 'the XML declaration is not correct', bytes, start)
  const { version, encoding } = found.groups ?? {}
  if (version?.slice(1, -1) !== '1.0') {
    throw new XmlError('refused', 'the version of XML is not 1.0', bytes, start)
  }
  if (encoding !== undefined && encoding.slice(1, -1).toLowerCase() !== 'utf-8') {
    throw new XmlError('refused', 'the declared encoding is not UTF-8', bytes, start)
  }
  return start + found[0].length
}
