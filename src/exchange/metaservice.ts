import type { ServiceCode, SubsystemId } from './identifier.js'

/**
 * What the bus itself answers (X-Road Service Metadata Protocol; its REST form): who is there, what they offer, and
 * its description; and, beyond X-Road, what became of a sender's one-way message (asked under the sender's own code),
 * and what its recipient says of it (said under the sender's code); and a user, which exchanges were about them (asked under
 * the code of the system that asks for the user). A metaservice needs a signature like any service and no access right, and is logged.
 */
export const metaservices = [
  'listClients',
  'listMethods',
  'allowedMethods',
  'getOpenAPI',
  'getWsdl',
  'messageStatus',
  'messageNotice',
  'myExchanges',
] as const

export type Metaservice = (typeof metaservices)[number]

/** The metaservice that a service code names; no service may be called so. */
export function metaserviceOf(code: ServiceCode): Metaservice | undefined {
  const name = code.slice(code.lastIndexOf('/') + 1)
  return metaservices.find((metaservice) => metaservice === name)
}

/** A service version as a metaservice names it. */
export interface ListedMethod {
  readonly code: ServiceCode
  readonly version: string
  readonly protocol: string
  /** Whether there is a contract to be had. */
  readonly hasContract: boolean
}

export interface ListedClient {
  readonly subsystem: SubsystemId
  readonly name: string
}

/** How a service looks to whoever would call it. */
export type Face = 'wsdl' | 'openapi'

/**
 * Who asks for a description: a consumer that has signed, for whom a contract is made ready if it is not; or anybody, who
 * gets what is at hand.
 */
export type DescriptionAsker = 'consumer' | 'anybody'

/** What metaservices tell, read from the registry and the contracts as they are now. */
export interface Catalogue {
  /** The subsystems of an exchange domain. */
  clients(domain: string): readonly ListedClient[]
  /** What a subsystem offers. */
  methods(provider: SubsystemId): readonly ListedMethod[]
  /** Those of them that a consumer has an access right to now. */
  allowedMethods(provider: SubsystemId, consumer: SubsystemId): readonly ListedMethod[]
  /**
   * A service's description in one of its two faces.
   * @param version - where it is undefined the default one
   * @param server - the bus's address, `https://host`, as whoever asks knows it
   * @returns undefined where there is no such service, it is no offer any more, or it has no such face
   * @throws Fault THROTTLED for anybody, where the contract is not at hand
   */
  description(
    code: ServiceCode,
    version: string | undefined,
    face: Face,
    server: string,
    asker: DescriptionAsker,
  ): Uint8Array | undefined
  /** Whether a service is there, and is among its provider's `methods`. */
  isOffered(code: ServiceCode, version: string | undefined): boolean
}
