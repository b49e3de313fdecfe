/** Bytes that a text in hexadecimal stands for; undefined where it is none (part 2 §3.2.15). */
export function hexBytes(text: string): number | undefined {
  if (text.length % 2 !== 0) return undefined
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const isHex =
      (code >= 0x30 && code <= 0x39) ||
      (code >= 0x41 && code <= 0x46) ||
      (code >= 0x61 && code <= 0x66)
    if (!isHex) return undefined
  }
  return text.length / 2
}

const values = new Int8Array(128).fill(-1)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value

/**
 * Bytes that a text in Base64 stands for; undefined where it is none (part 2 §3.2.16: single spaces may
 * stand between characters, bits that stand for nothing are zero). A loop, because the texts are long.
 */
export function base64Bytes(text: string): number | undefined {
  let characters = 0
  let padding = 0
  let last = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x20) continue
    if (code === 0x3d) {
      padding++
      continue
    }
    const value = code < 128 ? (values[code] ?? -1) : -1
    if (value < 0 || padding > 0) return undefined
    last = value
    characters++
  }
  if ((characters + padding) % 4 !== 0 || padding > 2) return undefined
  const spare = padding === 2 ? 15 : padding === 1 ? 3 : 0
  if ((last & spare) !== 0) return undefined
  return Math.floor((characters * 3) / 4)
}
