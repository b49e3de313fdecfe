import { Fault } from '../../src/exchange/fault.js'
import {
  IdentifierError,
  isVersion,
  parseServiceCode,
  type ServiceCode,
} from '../../src/exchange/identifier.js'
import { decodeIdentifier, decodePercent } from '../../src/http/percent-encoding.js'

/** Encodings of encodings that are looked through. */
const encodingsMax = 8

/** First segment of every service's path: X-Road REST message protocol, version 1 (§4.1). */
export const protocolPrefix = '/r1/'
/** Where the metaservice `listClients` is asked for, which is no subsystem's. */
export const listClientsPath = '/listClients'
/** Where everybody may read how a service looks in REST. */
export const descriptionPrefix = '/openapi/'

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
  assertSafeRest(rest)
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

/**
 * Refuses what a provider's server might read as another path than the one that was authorised (RFC
 * 3986 §5.2.4): dot segments as they stand, encoded once or more, split by backslashes, with a path
 * parameter (`..;a=b`), blanks or look-alike characters; escapes that are no UTF-8; an empty first
 * segment, which behind a bare host is an authority. Servers of 2005 read all of these.
 * @throws Fault REQUEST_INVALID naming `path`
 */
export function assertSafeRest(rest: string): void {
  if (rest.startsWith('//')) throw invalidPath('The path holds an empty first segment.')
  if (!rest.includes('.') && !rest.includes('%')) return
  // Strict: an escape that is none, or no UTF-8 (overlong forms among them), is refused there.
  let text = decodePercent(rest, 'path')
  for (let pass = 0; ; pass += 1) {
    if (/\p{Cc}/u.test(text)) throw invalidPath('The path holds a control character.')
    if (text.normalize('NFKC').split(/[/\\]/).some(isDotSegment)) {
      throw invalidPath('The path holds a dot segment.')
    }
    // A server behind another decodes once more.
    const again = text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (again === text) return
    if (pass === encodingsMax) throw invalidPath('The path is encoded too many times.')
    text = again
  }
}

function isDotSegment(segment: string): boolean {
  const name = (segment.split(';', 1)[0] ?? '').trim()
  return name === '.' || name === '..'
}

function invalidPath(detail: string, cause?: unknown): Fault {
  return new Fault('REQUEST_INVALID', { field: 'path', detail, cause })
}
