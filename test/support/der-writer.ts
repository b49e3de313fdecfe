/** One DER value: tag and contents. For samples that no library would make. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content])
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents)
export const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value, 'utf8'))
export const integer = (...octets: readonly number[]): Buffer => der(0x02, Buffer.from(octets))
export const boolean = (value: boolean): Buffer => der(0x01, Buffer.of(value ? 0xff : 0))

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80)
    }
    return groups
  })
  return der(0x06, Buffer.from(octets))
}

/** A Name of one attribute a part: `[['2.5.4.3', 'CN']]`, as UTF8String by default. */
export function distinguishedName(
  parts: readonly (readonly [type: string, value: string, tag?: number])[],
): Buffer {
  return sequence(
    ...parts.map(([type, value, tag = 0x0c]) => der(0x31, sequence(oid(type), text(tag, value)))),
  )
}
