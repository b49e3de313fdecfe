import { tileWidth, type TilePlace } from './tile.js'

/** What of a log a path of C2SP tlog-tiles names. */
export type TileRequest =
  | ({ readonly kind: 'hashes' } & TilePlace)
  | { readonly kind: 'entries'; readonly index: number; readonly width: number }

const levelMax = 63
const pathPattern =
  /^tile\/(?<level>entries|0|[1-9][0-9]?)\/(?<index>(?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/(?<width>[1-9][0-9]{0,2}))?$/

/** C2SP tlog-tiles, "Merkle Tree": `tile/<L>/<N>[.p/<W>]`. */
export function tilePath({ level, index, width }: TilePlace): string {
  return `tile/${level}/${indexText(index)}${partText(width)}`
}

/** C2SP tlog-tiles, "Log Entries": `tile/entries/<N>[.p/<W>]`. */
export function entriesPath(index: number, width: number): string {
  return `tile/entries/${indexText(index)}${partText(width)}`
}

/** @returns undefined for what is no path of a tile, or another spelling of one */
export function parseTilePath(path: string): TileRequest | undefined {
  const groups = pathPattern.exec(path)?.groups
  if (!groups) return undefined
  const index = Number((groups.index ?? '').replaceAll(/[x/]/g, ''))
  const width = groups.width === undefined ? tileWidth : Number(groups.width)
  if (groups.width !== undefined && width >= tileWidth) return undefined
  const isEntries = groups.level === 'entries'
  const level = isEntries ? 0 : Number(groups.level)
  if (level > levelMax) return undefined
  const canonical = isEntries ? entriesPath(index, width) : tilePath({ level, index, width })
  if (canonical !== path) return undefined
  return isEntries ? { kind: 'entries', index, width } : { kind: 'hashes', level, index, width }
}

/** 1234067 is `x001/x234/067`. */
function indexText(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/[0-9]{3}/g) ?? []
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
}

function partText(width: number): string {
  return width === tileWidth ? '' : `.p/${width}`
}
