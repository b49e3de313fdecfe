import type { ExchangePattern, ValidationLevel } from '../exchange/route.js'

export const validationLevels = [
  'off',
  'report',
  'block',
] as const satisfies readonly ValidationLevel[]

/** A contract as the registry keeps it; what is in its files is a matter of the contract module. */
export interface RegisteredContract {
  /** base64url SHA-256 of the files. */
  readonly digest: string
  /** Packed. */
  readonly files: Uint8Array
}

/** What a contract says, as far as the registry looks at it. */
export interface ContractSummary {
  /** The service version that it is written for, with `*` in place of the subsystem where it is of any. */
  readonly service: string
  /** Protocols that the provider's side may have. */
  readonly protocols: readonly string[]
  readonly pattern: ExchangePattern
  /** How strictly its agency wants messages to be held to it. */
  readonly validation: { readonly request: ValidationLevel; readonly reply: ValidationLevel }
}

/** A contract together with what it says. */
export interface ContractFacts extends RegisteredContract, ContractSummary {}

/** The part of a contract's facts that the registry keeps beside its files. */
export function summaryOf(facts: ContractSummary): ContractSummary {
  const { service, protocols, pattern, validation } = facts
  return { service, protocols, pattern, validation }
}

/** What is wrong with a contract, and where. */
export interface ContractFlaw {
  /** `service.wsdl:12` or, for the contract as a whole, the empty text. */
  readonly place: string
  readonly problem: string
}

/** A contract that has flaws is not registered. */
export type ContractReading =
  | { readonly facts: ContractFacts; readonly flaws?: undefined }
  | { readonly facts?: undefined; readonly flaws: readonly ContractFlaw[] }

/** Reads the folder of a contract by its absolute path. */
export type ReadContract = (folder: string) => Promise<ContractReading>
