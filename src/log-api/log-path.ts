import { parseTilePath, type TileRequest } from '../tlog/tile-path.js'

/** What somebody asks of the log API. */
export type LogRequest =
  | { readonly kind: 'list' }
  | {
      readonly kind: 'checkpoint'
      readonly log: string
      /** The newest that a witness vouched for, instead of the newest of all. */
      readonly isCosigned: boolean
    }
  | { readonly kind: 'cosignature'; readonly log: string }
  | { readonly kind: 'tile'; readonly log: string; readonly tile: TileRequest }

// The log's name is what its origin has after the bus's own: one segment, or `domain` and another.
const pathPattern =
  /^\/(?<view>log|cosigned)\/(?<name>[^/]+(?:\/[^/]+)?)\/(?<rest>checkpoint|cosignature|tile\/.+)$/
const domainPattern = /^domain\/[^/]+$/

/** @returns undefined for what is no path of the API, or another spelling of one */
export function parseLogPath(path: string): LogRequest | undefined {
  if (path === '/log/' || path === '/log') return { kind: 'list' }
  const { view, name = '', rest = '' } = pathPattern.exec(path)?.groups ?? {}
  const log = logOf(name)
  if (log === undefined) return undefined
  const isCosigned = view === 'cosigned'
  if (rest === 'checkpoint') return { kind: 'checkpoint', log, isCosigned }
  if (rest === 'cosignature') return isCosigned ? undefined : { kind: 'cosignature', log }
  const tile = parseTilePath(rest)
  return tile && { kind: 'tile', log, tile }
}

function logOf(name: string): string | undefined {
  try {
    const segments = name.split('/').map((segment) => decodeURIComponent(segment))
    if (segments.map((segment) => encodeURIComponent(segment)).join('/') !== name) return undefined
    const log = segments.join('/')
    return segments.length === 1 || domainPattern.test(log) ? log : undefined
  } catch {
    return undefined
  }
}
