import type { ExchangeMode } from '../exchange/envelope.js'
import type { Assurance, SubjectType } from '../exchange/person.js'
import type {
  ContractTerms,
  ExchangePattern,
  SoapHandling,
  SubjectRule,
} from '../exchange/route.js'
import type { BilingualText } from '../exchange/fault.js'
import type { ServiceId } from '../exchange/identifier.js'
import type { ServiceLimits } from '../limits/registry.js'

export const serviceStatuses = ['active', 'suspended', 'liquidated', 'maintenance'] as const
export type ServiceStatus = (typeof serviceStatuses)[number]

export const exchangeModes = ['user', 'body'] as const satisfies readonly ExchangeMode[]

export const providerSignatures = ['none', 'required'] as const
export type ProviderSignature = (typeof providerSignatures)[number]

export const exchangePatterns = [
  'request-reply',
  'one-way',
] as const satisfies readonly ExchangePattern[]

/** How a user has to have logged in, the weaker first. */
export const assurances = ['code-password', 'e-signature'] as const satisfies readonly Assurance[]

export const subjectTypes = ['fin', 'voen', 'telefon'] as const satisfies readonly SubjectType[]

/** How many exchanges one consumer may have of a service, over all workers and nodes. */
export interface ServiceRate {
  readonly perSecond: number
  /** At once, after a pause. */
  readonly burst: number
}

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
  /** Where messages name whose data they are about. */
  readonly subjects: readonly SubjectRule[]
  /** Undefined where any will do. */
  readonly assurance: Assurance | undefined
  /** Undefined where the bus's own limits are all. */
  readonly rate: ServiceRate | undefined
  readonly status: ServiceStatus
  /** Start of the maintenance window; without it the window is open already. */
  readonly from: Date | undefined
  /** Planned end of the maintenance window, after which the service is active again by itself. */
  readonly until: Date | undefined
  readonly successor: ServiceId | undefined
  /** From when on new users should choose another version; it bars nobody. */
  readonly deprecatedFrom: Date | undefined
  /** Put away for good: it has ended, or its system has. */
  readonly archived: boolean
}
