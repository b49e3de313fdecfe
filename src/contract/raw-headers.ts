import type { RawHeaders } from '../exchange/http-content.js'

/** The first field of a name in lower case; undefined where there is none. */
export function fieldOf(rawHeaders: RawHeaders, lowerName: string): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === lowerName) return rawHeaders[at + 1]
  }
  return undefined
}
