import {
  DateItem,
  Decimal,
  DisplayString,
  isInnerList,
  Token,
  type BareItem,
  type Dictionary,
  type InnerList,
  type Item,
  type Member,
  type Parameters,
} from './structured-values.js'

/** Writes structured field values in their one canonical form (RFC 9651 §4.1). */

export function dictionaryText(dictionary: Dictionary): string {
  const members: string[] = []
  for (const [key, member] of dictionary) {
    const isTrue = !isInnerList(member) && member.value === true
    members.push(isTrue ? key + parametersText(member.parameters) : `${key}=${memberText(member)}`)
  }
  return members.join(', ')
}

export function listText(list: readonly Member[]): string {
  return list.map(memberText).join(', ')
}

export function memberText(member: Member): string {
  return isInnerList(member) ? innerListText(member) : itemText(member)
}

export function innerListText(list: InnerList): string {
  let text = '('
  for (const item of list.items) text += (text.length === 1 ? '' : ' ') + itemText(item)
  return `${text})${parametersText(list.parameters)}`
}

export function itemText(item: Item): string {
  return bareItemText(item.value) + parametersText(item.parameters)
}

export function parametersText(parameters: Parameters): string {
  let text = ''
  for (const [key, value] of parameters) {
    text += value === true ? `;${key}` : `;${key}=${bareItemText(value)}`
  }
  return text
}

export function bareItemText(value: BareItem): string {
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? '?1' : '?0'
  if (value instanceof Token) return value.text
  if (value instanceof Decimal) return decimalText(value.value)
  if (value instanceof DateItem) return `@${value.seconds}`
  if (value instanceof DisplayString) return displayText(value.text)
  return bytesText(value)
}

export function bytesText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes
  return `:${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}:`
}

export function stringText(value: string): string {
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`
}

// RFC 9651 §4.1.5: at least one digit after the point, no needless zeros.
function decimalText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}

function displayText(text: string): string {
  let escaped = ''
  for (const byte of Buffer.from(text)) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x25
    escaped += plain ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`
  }
  return `%"${escaped}"`
}
