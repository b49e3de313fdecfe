import { canonicalJsonOf, type JsonValue } from '../canonical-json.js'
import type { MemberId } from '../exchange/identifier.js'
import type { DocumentContent, Person } from './document-content.js'
import { DocumentError } from './document-error.js'
import { documentDataBytesMax, signatoriesMax } from './limits.js'

/** What a document says beside its content. */
export interface DocumentHead {
  /** `RƏY-2026/0001`. */
  readonly number: string
  readonly at: Date
  readonly member: MemberId
  readonly domain?: string | undefined
  readonly caseId?: string | undefined
  readonly signedBy: readonly Person[]
}

/**
 * A document as data: canonical JSON (RFC 8785) of its head and its content; the same of both is the same bytes. Moments are RFC 3339
 * in UTC, what is undefined is left out, and a number that is no integer is its text.
 * @throws DocumentError for a document without signatory, with too many levels, or above the limits
 */
export function documentData(content: DocumentContent, head: DocumentHead): Buffer {
  const { number, at, member, domain, caseId, signedBy } = head
  if (signedBy.length === 0 || signedBy.length > signatoriesMax) {
    throw new DocumentError(`a document has 1 to ${signatoriesMax} signatories`)
  }
  const fields = { format: 1, number, at, member, domain, caseId, signedBy, content }
  const data = Buffer.from(canonicalText(plainJson(fields)))
  if (data.length > documentDataBytesMax) {
    throw new DocumentError(`a document has at most ${documentDataBytesMax} bytes of data`)
  }
  return data
}

function plainJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value, exactNumber)) as JsonValue
}

function exactNumber(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  // What was measured has no more than milliseconds in a protocol.
  return name === 'tookMs' ? Math.round(value) : String(value)
}

function canonicalText(value: JsonValue): string {
  try {
    return canonicalJsonOf(value)
  } catch (error) {
    if (error instanceof RangeError) throw new DocumentError(error.message, { cause: error })
    throw error
  }
}
