import type { DerivedRequest } from '../exchange/derived-request.js'
import type { ServiceId } from '../exchange/identifier.js'
import type { Face } from '../exchange/metaservice.js'
import type { ReplyContent, VerifiedContent } from '../exchange/signed-content.js'
import type { ServiceMapping } from '../mediation/service-mapping.js'
import type { Violation } from '../violation/violation.js'
import type { ControlTerms } from './control-terms.js'

/** Holds messages of the provider's protocol to a contract; told are the places, as many as are found. */
export interface MessageChecks {
  /**
   * @param path - what of an HTTP request's path is the provider's own, undecoded; undefined in other protocols
   */
  request(verified: VerifiedContent, path: string | undefined): readonly Violation[]
  /** The same, as far as to tell whether it asks for what the contract is about; nothing more is looked at. */
  operation(verified: VerifiedContent, path: string | undefined): readonly Violation[]
  /**
   * The same of a request that was made for the provider: the consumer's side of a contract cannot say all that the
   * provider's does. Places are told in the provider's names.
   */
  derived(request: DerivedRequest): readonly Violation[]
  /** @param asked - what the provider was asked */
  reply(content: ReplyContent, asked: AskedRequest): readonly Violation[]
}

/** What a provider was asked, as far as its answer is judged by it. */
export interface AskedRequest {
  /** Undefined where no consumer asked: what was derived is all then. */
  readonly verified: VerifiedContent | undefined
  /** What was made of it for the provider; undefined where it went as it came. */
  readonly derived: DerivedRequest | undefined
  /** What of its path is the provider's own, without query; undefined outside HTTP. */
  readonly path: string | undefined
}

/** A contract made ready for messages. */
export interface ReadyContract {
  readonly digest: string
  readonly checks: MessageChecks
  /** What of its messages is controlled; undefined where nothing is. */
  readonly control?: ControlTerms | undefined
  /** Between two protocols, the consumer's and the provider's; undefined where there is none. */
  readonly mapping: (consumer: string, provider: string) => ServiceMapping | undefined
  /**
   * How the service looks in one of its two faces; made when it is first asked for.
   * @param service - whose face it is: a contract may be of many
   * @param server - the bus's address, `https://host`, for a face that tells it
   * @returns undefined where it has no such face
   */
  readonly face: (face: Face, service: ServiceId, server: string) => Uint8Array | undefined
}
