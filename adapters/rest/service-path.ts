import { Fault } from '../../src/exchange/fault.js'
import {
  IdentifierError,
  isVersion,
  parseServiceCode,
  type ServiceCode,
} from '../../src/exchange/identifier.js'
import { decodeIdentifier, decodePercent } from './percent-encoding.js'

/** First segment of every service's path: X-Road REST message protocol, version 1 (§4.1). */
export const protocolPrefix = '/r1/'

/** A request path `/r1/{instance}/{class}/{member}/{subsystem}/{service}[/{version}][/rest]`. */
export interface ServicePath {
  readonly serviceCode: ServiceCode
  /** Undefined where the segment after the service is no version; it then belongs to the rest. */
  readonly version: string | undefined
  /** What follows, undecoded: empty, or beginning with `/`. It is the provider's to read. */
  readonly rest: string
}

/**
 * Reads the service that a path addresses.
 * @throws Fault REQUEST_INVALID naming `path`
 */
export function parseServicePath(path: string): ServicePath {
  const { code, version, rest } = split(path)
  try {
    return { serviceCode: parseServiceCode(code), version, rest }
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    throw invalidPath(`The address of the service is invalid: ${error.message}.`, error)
  }
}

/**
 * The part of a path that is the provider's own.
 * @throws Fault REQUEST_INVALID naming `path` where it would leave the provider's base address
 */
export function restOf(path: string): string {
  return split(path).rest
}

function split(path: string): { code: string; version: string | undefined; rest: string } {
  if (!path.startsWith(protocolPrefix)) {
    throw invalidPath('The path does not begin with /r1/.')
  }
  let start = protocolPrefix.length
  let code = ''
  for (let count = 0; count < 5; count += 1) {
    const end = segmentEnd(path, start)
    code += `${count === 0 ? '' : '/'}${decodeIdentifier(path.slice(start, end), 'path')}`
    start = end + 1
  }
  const version = decodeVersion(path.slice(start, segmentEnd(path, start)))
  const rest = path.slice(version === undefined ? start - 1 : segmentEnd(path, start))
  refuseDotSegments(rest)
  return { code, version, rest }
}

function segmentEnd(path: string, start: number): number {
  const end = path.indexOf('/', start)
  return end === -1 ? path.length : end
}

// `%761` is `v1` too: a segment means what it decodes to.
function decodeVersion(segment: string): string | undefined {
  if (isVersion(segment)) return segment
  if (!segment.includes('%')) return undefined
  const decoded = decodePercent(segment, 'path')
  return isVersion(decoded) ? decoded : undefined
}

const dotSegment = /(?:^|\/)\.{1,2}(?:[;/]|$)/

/**
 * Refuses what a provider's server might read as "one folder up" (RFC 3986 §5.2.4): dot segments as
 * they stand, encoded once or more, split by backslashes, or with a path parameter (`..;a=b`).
 */
function refuseDotSegments(rest: string): void {
  if (!rest.includes('.') && !rest.includes('%')) return
  let text = rest
  for (let before = ''; before !== text;) {
    before = text
    text = text.replace(/%25/g, '%')
  }
  text = text
    .replace(/%2e/gi, '.')
    .replace(/%2f|%5c|\\/gi, '/')
    .replace(/%3b/gi, ';')
  if (dotSegment.test(text)) throw invalidPath('The path holds a dot segment.')
}

function invalidPath(detail: string, cause?: unknown): Fault {
  return new Fault('REQUEST_INVALID', { field: 'path', detail, cause })
}
