import type { VerifiedSoapRequest } from '../../src/exchange/soap-content.js'
import type { ByteStretch } from '../../src/exchange/verified-element.js'
import { sluiceNamespace, xroadNamespaces } from './names.js'

/** What of the Header does not go to a provider that chokes on it. */
export interface StripRules {
  /** The Security header that the bus has verified. */
  readonly security: boolean
  /** The header blocks of X-Road and ours. */
  readonly envelope: boolean
}

/**
 * The envelope without these parts of its Header, every other byte as the consumer sent it. White space
 * around what is cut stays, and so does a Header in which nothing is left.
 */
export function strippedEnvelope(request: VerifiedSoapRequest, rules: StripRules): Uint8Array {
  const cuts: ByteStretch[] = []
  if (rules.security) cuts.push(request.layout.security)
  if (rules.envelope) {
    for (const { namespace, range } of request.headerBlocks) {
      if (namespace.startsWith(xroadNamespaces) || namespace === sluiceNamespace) cuts.push(range)
    }
  }
  return cuts.length === 0 ? request.envelope : withoutStretches(request.envelope, cuts)
}

/** The bytes without some stretches, none of which reaches into another. */
export function withoutStretches(bytes: Uint8Array, cuts: readonly ByteStretch[]): Buffer {
  const kept: Uint8Array[] = []
  let from = 0
  for (const { start, end } of [...cuts].sort((one, other) => one.start - other.start)) {
    kept.push(bytes.subarray(from, start))
    from = end
  }
  kept.push(bytes.subarray(from))
  return Buffer.concat(kept)
}
