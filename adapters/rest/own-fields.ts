import type { LoggedRequest } from '../../src/exchange/exchange.js'
import type { LoggedEntry } from '../../src/exchange/logged-entry.js'
import { filteredBy } from '../../src/exchange/filtered-by.js'
import { encodeIdentifier } from '../../src/http/percent-encoding.js'

const ownFields = [
  'x-road-id',
  'x-road-client',
  'x-road-service',
  'x-road-request-id',
  'sluice-exchange-id',
  'sluice-entry',
]

/** What the bus says of an exchange in its reply. */
export interface OwnTerms {
  readonly request: LoggedRequest
  readonly exchangeId: string
  readonly entry: LoggedEntry
}

/** Adds the bus's own fields to a reply, and their lower-case names to those that its signature covers. */
export function addOwnFields(
  { request, exchangeId, entry }: OwnTerms,
  rawHeaders: string[],
  cover: string[],
): void {
  rawHeaders.push(
    'X-Road-Id',
    request.envelope.messageId,
    'X-Road-Client',
    encodeIdentifier(request.envelope.consumer),
    'X-Road-Service',
    encodeIdentifier(request.route.service),
    'X-Road-Request-Id',
    exchangeId,
    'Sluice-Exchange-Id',
    exchangeId,
    'Sluice-Entry',
    base64url(entry.leafHash),
  )
  cover.push(...ownFields)
  const right = filteredBy(request.route)
  if (right !== undefined) {
    rawHeaders.push('Sluice-Filtered', encodeURIComponent(right))
    cover.push('sluice-filtered')
  }
  if (entry.receipt === undefined) return
  rawHeaders.push('Sluice-Receipt', entry.receipt)
  cover.push('sluice-receipt')
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}
