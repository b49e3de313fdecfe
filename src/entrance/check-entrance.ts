import { Fault, toFault } from '../exchange/fault.js'
import type { SubsystemId } from '../exchange/identifier.js'
import type { Bus } from '../exchange/ports.js'
import type { SignerDirectory } from '../trust/signer-directory.js'
import type { NetworkZones } from './network-zones.js'

/** What the registry says of the way by which a subsystem comes. */
export interface EntranceTerms {
  /** Any, where there are none. */
  readonly zones: readonly string[]
  readonly clientCertificate: boolean
}

export interface EntranceRules {
  readonly subsystems: () => ReadonlyMap<SubsystemId, EntranceTerms>
  readonly signers: Pick<SignerDirectory, 'key' | 'checkCertificate'>
  readonly zones: Pick<NetworkZones, 'zoneOf'>
}

/** Who comes, and by which way. */
export interface Arrival {
  readonly subsystem: SubsystemId
  readonly protocol: string
  readonly remoteAddress: string
  readonly clientCertificate: string | undefined
}

/**
 * Step 1, between its parts: who asks is known, its payload is not read. A subsystem that the registry does not have is
 * refused by step 2.
 */
export function createCheckEntrance(rules: EntranceRules): Bus['checkEntrance'] {
  return ({ envelope, adapter, remoteAddress, clientCertificate }) => {
    const { protocol } = adapter
    checkArrival(
      { subsystem: envelope.consumer, protocol, remoteAddress, clientCertificate },
      rules,
    )
  }
}

/** @throws Fault ZONE_FORBIDDEN, CERT_SENDER_MISMATCH */
export function checkArrival(arrival: Arrival, rules: EntranceRules): void {
  const terms = rules.subsystems().get(arrival.subsystem)
  if (terms === undefined) return
  if (terms.zones.length > 0) refuseOtherZone(arrival, terms.zones, rules)
  if (terms.clientCertificate) refuseOtherCertificate(arrival, rules)
}

/** A zone that is not configured holds no address: who is bound to it alone does not get in. */
function refuseOtherZone(
  { protocol, remoteAddress }: Arrival,
  allowed: readonly string[],
  { zones }: EntranceRules,
): void {
  const zone = zones.zoneOf(protocol, remoteAddress)
  if (zone !== undefined && allowed.includes(zone)) return
  const from = zone === undefined ? 'from no zone' : `from zone "${zone}"`
  throw new Fault('ZONE_FORBIDDEN', {
    cause: new Error(`came ${from}, may come from ${allowed.join(', ')}`),
  })
}

/**
 * The certificate of the connection is the subsystem's own, whichever of them, and good now: the signature says who made the
 * message, this who brings it.
 */
function refuseOtherCertificate(
  { clientCertificate, subsystem }: Arrival,
  { signers }: EntranceRules,
): void {
  if (clientCertificate === undefined) {
    throw mismatch(
      'This system comes by mutual TLS only; the connection has no client certificate.',
    )
  }
  let owner: SubsystemId
  try {
    owner = signers.key(clientCertificate).signer.subsystem
    if (owner === subsystem) signers.checkCertificate(clientCertificate)
  } catch (error) {
    const { code } = toFault(error)
    const detail =
      code === 'CERT_UNKNOWN'
        ? "The connection's client certificate is not registered."
        : `The connection's client certificate is not good any more: ${code}.`
    throw mismatch(detail, error)
  }
  if (owner === subsystem) return
  throw mismatch(
    "The connection's client certificate belongs to another system.",
    new Error(`it belongs to ${owner}`),
  )
}

function mismatch(detail: string, cause: unknown = new Error(detail)): Fault {
  return new Fault('CERT_SENDER_MISMATCH', { detail, cause })
}
