import type { ExchangeMode } from './envelope.js'
import type { ServiceId, SubsystemId } from './identifier.js'
import type { Metaservice } from './metaservice.js'
import type { Assurance, SubjectType } from './person.js'

/** Where a service's messages name whose data they are about, as JSON Pointers (RFC 6901) with `*` for any element of a list. */
export interface SubjectRule {
  readonly type: SubjectType
  readonly request: string
  /** Undefined where replies do not name it. */
  readonly reply: string | undefined
}

/** How a provider gets SOAP messages. */
export interface SoapHandling {
  /** What of the Header. */
  readonly securityHeader: 'keep' | 'strip'
  /** X-Road's header blocks and ours. */
  readonly xroadHeaders: 'keep' | 'strip'
  /** SOAPAction, or the parameter `action` of SOAP 1.2; undefined for the empty one. */
  readonly action?: string | undefined
}

/**
 * What happens to a message that breaks its service's contract: nothing is looked at; it passes and is told of;
 * it is refused.
 */
export type ValidationLevel = 'off' | 'report' | 'block'

/** Whether a consumer waits for an answer, or is told by notices what became of its message. */
export type ExchangePattern = 'request-reply' | 'one-way'

/** The contract that a service version's messages are held to. */
export interface ContractTerms {
  /** base64url SHA-256 of the contract's files: a contract never changes, another one takes its place. */
  readonly digest: string
  readonly request: ValidationLevel
  readonly reply: ValidationLevel
}

/** Where an authorised request goes, under which limits and on which legal ground. */
export interface Route {
  readonly service: ServiceId
  readonly provider: SubsystemId
  readonly domain: string
  readonly mode: ExchangeMode
  /** Protocol of the provider's side: the name of an adapter folder. */
  readonly protocol: string
  /** The provider's address; only the registry supplies it. */
  readonly address: string
  readonly pattern: ExchangePattern
  /** Total time from delivery to the last byte of the answer, milliseconds. */
  readonly timeLimitMs: number
  readonly requestBytesMax: number
  readonly replyBytesMax: number
  /** Exchanges of the service in progress at one time, per worker. */
  readonly concurrentMax: number
  /** Whether the contract allows a second delivery of the same request. */
  readonly idempotent: boolean
  readonly providerSignature: 'required' | 'none'
  /** Undefined where the provider gets the message as it came. */
  readonly soap: SoapHandling | undefined
  /** Undefined where the service has none. */
  readonly contract: ContractTerms | undefined
  /** What the bus answers itself; undefined where a provider does. */
  readonly metaservice: Metaservice | undefined
  /** Where its messages say about whom they are; none where they are about nobody. */
  readonly subjects: readonly SubjectRule[]
  /** How a user must have proved who they are; undefined where any way will do. */
  readonly assurance: Assurance | undefined
  /** Undefined for a metaservice, which needs none. */
  readonly accessRight:
    | {
        readonly id: string
        readonly legalBasis: string
        readonly purpose: string
        /** Exchanges a day of the country; undefined where they are not counted. */
        readonly dailyQuota?: number | undefined
        /** Fields that answers are passed on without, as JSON Pointers with `*` for any member or item. */
        readonly omit: readonly string[]
      }
    | undefined
  /** How many exchanges a consumer may have of the service; undefined where they are not counted. */
  readonly rate?: { readonly perSecond: number; readonly burst: number } | undefined
}
