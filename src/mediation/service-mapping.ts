import type { DerivedRequest } from '../exchange/derived-request.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'

/** How messages of one service version go from the consumer's protocol into the provider's and back. */
export interface ServiceMapping {
  /** base64url SHA-256 of all that the mapping follows from: contract, refinement, version of the rules. */
  readonly version: string
  /**
   * The request in the provider's protocol.
   * @throws ContractBreach naming the places in the consumer's own names
   */
  request(verified: VerifiedContent): DerivedRequest
  /**
   * The answer in the consumer's protocol; a business fault stays one.
   * @param asked - what `request` had made
   * @throws ContractBreach naming the places in the provider's names
   * @throws Fault PROVIDER_FAULT for a failure that the contract does not know
   */
  reply(content: ReplyContent, asked?: DerivedRequest): ReplyContent
}
