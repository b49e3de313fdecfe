import type { DataObject } from '../../registry/resource.js'

const source = 'mənbə'
const copy = 'nüsxə'

/**
 * Data objects in one cell of a table: `kod = ad = name = mənbə` (or `nüsxə`), and the reason of a second holder behind it;
 * with semicolons between objects. A backslash stands before what would divide.
 */
export function writeObjects(objects: readonly DataObject[]): string {
  return objects
    .map(({ code, name, source: isSource, duplicateReason }) => {
      const parts = [code, name.az, name.en, isSource ? source : copy]
      if (duplicateReason !== undefined) parts.push(duplicateReason)
      return parts.map((part) => part.replaceAll(/[\\=;]/g, String.raw`\$&`)).join(' = ')
    })
    .join('; ')
}

/** As a declaration has them. @returns undefined where the cell is not written so */
export function readObjects(cell: string): object[] | undefined {
  const objects: object[] = []
  for (const item of divide(cell, ';')) {
    const [code = '', az = '', en = '', role = copy, ...rest] = divide(item, '=').map(plain)
    if (rest.length > 1 || code === '' || az === '' || en === '') return undefined
    if (role !== source && role !== copy) return undefined
    const [duplicateReason] = rest
    const reason = duplicateReason === undefined ? {} : { duplicateReason }
    objects.push({ code, name: { az, en }, source: role === source, ...reason })
  }
  return objects
}

/** Parts that hold something, as they are written. */
function divide(text: string, by: ';' | '='): string[] {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '\\') {
      part += text.slice(at, at + 2)
      at += 1
    } else if (character === by) {
      parts.push(part)
      part = ''
    } else part += character
  }
  parts.push(part)
  return by === ';' ? parts.filter((each) => each.trim() !== '') : parts
}

function plain(part: string): string {
  return part.trim().replaceAll(/\\(.)/gs, '$1')
}
