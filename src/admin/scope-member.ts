import {
  IdentifierError,
  memberOf,
  parseMemberId,
  parseSubsystemId,
} from '../exchange/identifier.js'
import type { MemberId } from '../exchange/identifier.js'
import type { OwnerReader } from './owner-reader.js'

const memberSegments = 3
const subsystemSegments = 4

/**
 * The member whose administrators an identifier of a member, subsystem or service belongs to. A subsystem's owner is
 * the registry's word, because a name stays when its owner changes; one that is not registered yet would be its member's.
 * @returns undefined for what is no identifier
 */
export async function scopeMemberOf(
  identifier: string,
  owners: OwnerReader,
): Promise<MemberId | undefined> {
  const segments = identifier.split('/')
  try {
    if (segments.length === memberSegments) return parseMemberId(identifier)
    const subsystem = parseSubsystemId(segments.slice(0, subsystemSegments).join('/'))
    return (await owners.ownerOf(subsystem)) ?? memberOf(subsystem)
  } catch (error) {
    if (error instanceof IdentifierError) return undefined
    throw error
  }
}
