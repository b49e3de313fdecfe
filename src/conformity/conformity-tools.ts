import type { ContractFolder } from '../contract/contract-files.js'
import type { HttpSigner, SoapSigner } from '../exchange/signers.js'
import type { ConnectionApplication } from './application.js'

/** A data object that somebody gives already, and where. */
export interface HeldDataObject {
  readonly code: string
  /** Identifier of the resource that has it. */
  readonly resource: string
}

/** What the registry knows; an applicant's own kit has none. */
export interface RegistryLookUps {
  /** Which of these data objects another's resource is the source of truth of. */
  findDuplicates(application: ConnectionApplication): Promise<readonly HeldDataObject[]>
  /** Which of what it asks its users for is held by a resource already. */
  asksForHeld(application: ConnectionApplication): Promise<readonly HeldDataObject[]>
  /** Whether the second State Register has an entry of the object. */
  hasPersonalDataEntry(application: ConnectionApplication): Promise<boolean>
}

/** To which addresses probes may go. */
export interface ProbeAddresses {
  /** Networks (CIDR) that are not public and are allowed all the same. */
  readonly privateAddresses: readonly string[]
  /** Where the bus itself listens; nothing of it is ever probed. A host of all interfaces is `0.0.0.0` or `::`. */
  readonly own: readonly { readonly host: string; readonly port: number }[]
  /** PEM of the authorities that https endpoints are believed by; undefined is Node's own list. */
  readonly authorities: string | undefined
  /** Whether an endpoint without TLS is spoken to. */
  readonly plainHttp: boolean
}

/** What a check needs of where it runs: at the desk, or with the applicant. */
export interface ConformityTools {
  readonly now: () => Date
  /**
   * The contract that an application names: its folder, or the digest of an uploaded one.
   * @throws ContractError where there is none, or it cannot be read
   */
  readonly contract: (name: string) => Promise<ContractFolder>
  /** Signs the test calls as the bus signs deliveries. */
  readonly signer: { readonly http: HttpSigner; readonly soap: SoapSigner }
  readonly addresses: ProbeAddresses
  /** Undefined where nobody can be asked: what depends on it is left to the desk. */
  readonly registry: RegistryLookUps | undefined
  /** A new exchange id (UUIDv7), by which the applicant finds the call in its own log. */
  readonly newExchangeId: () => string
  /** Gives the check up. */
  readonly signal?: AbortSignal | undefined
}
