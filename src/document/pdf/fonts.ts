import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

export type FontName = 'regular' | 'bold'

const files = {
  regular: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
} as const

const read = new Map<FontName, Buffer>()

/** The bytes of a font that has every letter of the Azerbaijani alphabet; read once. */
export function font(name: FontName): Buffer {
  const known = read.get(name)
  if (known) return known
  const bytes = readFileSync(createRequire(import.meta.url).resolve(files[name]))
  read.set(name, bytes)
  return bytes
}
