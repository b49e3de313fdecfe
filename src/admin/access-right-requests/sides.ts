import type { MemberId, SubsystemId } from '../../exchange/identifier.js'
import { oversees, type Caller } from '../caller.js'
import type { OwnerReader } from '../owner-reader.js'
import { Problem } from '../problem.js'

/** Two systems of which one has, or asks for, a right to the other's services. */
export interface Sides {
  readonly consumer: SubsystemId
  readonly provider: SubsystemId
}

/** Which sides a caller speaks for, by who owns the systems now. */
export interface Standing {
  readonly asks: boolean
  readonly provides: boolean
  readonly oversees: boolean
}

export async function ownsSystem(
  caller: Caller,
  system: SubsystemId,
  owners: OwnerReader,
): Promise<boolean> {
  const owner: MemberId | undefined = await owners.ownerOf(system)
  return owner !== undefined && caller.members.includes(owner)
}

/** @throws Problem NOT_FOUND for whom it does not concern: that it is there is nobody else's business */
export async function standingOf(
  caller: Caller,
  { consumer, provider }: Sides,
  owners: OwnerReader,
): Promise<Standing> {
  const standing = {
    asks: await ownsSystem(caller, consumer, owners),
    provides: await ownsSystem(caller, provider, owners),
    oversees: oversees(caller),
  }
  if (standing.asks || standing.provides || standing.oversees) return standing
  throw new Problem('NOT_FOUND')
}
