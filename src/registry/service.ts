import type {
  ContractTerms,
  ExchangeMode,
  ExchangePattern,
  SoapHandling,
} from '../exchange/exchange.js'
import type { BilingualText } from '../exchange/fault.js'
import type { ServiceId } from '../exchange/identifier.js'
import type { ServiceLimits } from '../limits.js'

export const serviceStatuses = ['active', 'suspended', 'liquidated', 'maintenance'] as const
export type ServiceStatus = (typeof serviceStatuses)[number]

export const exchangeModes = ['user', 'body'] as const satisfies readonly ExchangeMode[]

export const providerSignatures = ['none', 'required'] as const
export type ProviderSignature = (typeof providerSignatures)[number]

export const exchangePatterns = [
  'request-reply',
  'one-way',
] as const satisfies readonly ExchangePattern[]

export const soapHandlings = [
  'keep',
  'strip',
] as const satisfies readonly SoapHandling['securityHeader'][]

/** What may be carried at all; anything above is kept out of the bus. */
export const allowedClassifications = ['open', 'forServiceUse'] as const
export type Classification = (typeof allowedClassifications)[number]

/** One version of an operation offered by a subsystem. Versions live beside each other. */
export interface Service {
  readonly id: ServiceId
  readonly name: BilingualText | undefined
  /** Whether it answers where the consumer names no version. At most one version of a service does. */
  readonly isDefault: boolean
  /** Protocol of the provider's side: the name of an adapter folder. */
  readonly protocol: string
  readonly address: string
  readonly pattern: ExchangePattern
  readonly modes: readonly ExchangeMode[]
  /** Whether a second delivery of the same request does no harm. */
  readonly idempotent: boolean
  readonly providerSignature: ProviderSignature
  /** Undefined where nothing is said: the provider gets SOAP messages as they come. */
  readonly soap: SoapHandling | undefined
  /** Undefined where messages are held to none. */
  readonly contract: ContractTerms | undefined
  readonly classification: Classification
  readonly limits: ServiceLimits
  readonly status: ServiceStatus
  /** Start of the maintenance window; without it the window is open already. */
  readonly from: Date | undefined
  /** Planned end of the maintenance window, after which the service is active again by itself. */
  readonly until: Date | undefined
  readonly successor: ServiceId | undefined
  /** From when on new users should choose another version; it bars nobody. */
  readonly deprecatedFrom: Date | undefined
}
