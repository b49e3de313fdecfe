import type { ContractProblem } from '../contract/contract-error.js'
import type { Finding } from '../contract/lint/finding.js'
import type { ServiceContract } from '../contract/load-contract.js'
import type { MessageChecks } from '../contract/ready-contract.js'
import type { BilingualText } from '../exchange/fault.js'
import type { ConnectionApplication } from './application.js'
import type { HeldDataObject } from './conformity-tools.js'
import type { DeclaredEndpoint } from './endpoint.js'
import type { CallOutcome } from './probe/endpoint-caller.js'
import type { MadeCall } from './probe/service-lane.js'
import type { TlsSeen } from './probe/tls-probe.js'

/** The contract of a service, as far as it could be read. */
export type ContractSeen =
  | { readonly contract: undefined; readonly problems: readonly ContractProblem[] }
  | {
      readonly contract: ServiceContract
      readonly problems: readonly ContractProblem[]
      readonly checks: MessageChecks
      /** Of TT-06. */
      readonly personal: readonly Finding[]
    }

/** How an endpoint was reached. */
export type TransportSeen =
  /** It comes by queues, or there is none. */
  | { readonly by: 'none' }
  | { readonly by: 'refused'; readonly trouble: BilingualText }
  | { readonly by: 'http' }
  | { readonly by: 'tls'; readonly seen: TlsSeen }

/** What became of one test call; `made` is undefined where the request could not be sent. */
export interface CallSeen extends Pick<CallOutcome, 'answer'> {
  readonly made: MadeCall | undefined
  /** Why there is no answer. */
  readonly trouble: BilingualText | undefined
}

/** The test calls; `missing` says why none was made. */
export type CallsSeen =
  | { readonly missing: BilingualText }
  | {
      readonly missing: undefined
      readonly bad: CallSeen
      readonly good: CallSeen
      readonly echo: CallSeen | undefined
    }

/** What the registry says; nobody to ask is undefined. */
export interface RegistrySeen {
  readonly duplicates: readonly HeldDataObject[]
  readonly held: readonly HeldDataObject[]
  readonly hasPersonalDataEntry: boolean
}

/** All that a check has seen of an object. Whether that is as demanded, is judged from nothing else. */
export interface Seen {
  readonly application: ConnectionApplication
  /** Undefined for what is no service. */
  readonly endpoint: DeclaredEndpoint | undefined
  readonly contract: ContractSeen
  readonly transport: TransportSeen
  readonly calls: CallsSeen
  readonly registry: RegistrySeen | undefined
}
