import {
  IdentifierError,
  parseServiceId,
  parseSubsystemId,
  providerOf,
  type MemberId,
  type ServiceId,
  type SubsystemId,
} from '../../exchange/identifier.js'
import type { Caller } from '../caller.js'
import { Problem } from '../problem.js'
import { isOffered, ownerOfSystem } from './target.store.js'
import { unknownTarget } from './texts.js'
import type { AdminTransaction } from '../admin-database.store.js'

/** What works are on, and whose it is; nothing of it where they are the bus's own. */
export interface WindowTarget {
  readonly member: MemberId | undefined
  readonly subsystem: SubsystemId | undefined
  readonly service: ServiceId | undefined
}

const ofTheBus: WindowTarget = { member: undefined, subsystem: undefined, service: undefined }
const subsystemSegments = 4

/**
 * What works are to be on, where this caller may announce them: participants those on their own systems, the operator any.
 * @throws Problem FORBIDDEN, UNPROCESSABLE
 */
export async function targetOf(
  client: AdminTransaction,
  target: string | undefined,
  caller: Caller,
): Promise<WindowTarget> {
  if (target === undefined) {
    if (!caller.has('OPERATOR')) throw new Problem('FORBIDDEN')
    return ofTheBus
  }
  const { subsystem, service } = parsed(target)
  const member = await ownerOfSystem(client, subsystem)
  if (member === undefined) throw flaw()
  if (!caller.has('OPERATOR') && !caller.members.includes(member)) throw new Problem('FORBIDDEN')
  if (service && !(await isOffered(client, service))) throw flaw()
  return { member, subsystem, service }
}

/**
 * Whether this caller may change works that were announced: who owns the system by now, and the operator.
 * @throws Problem FORBIDDEN
 */
export async function checkMayChange(
  client: AdminTransaction,
  { subsystem }: Pick<WindowTarget, 'subsystem'>,
  caller: Caller,
): Promise<void> {
  if (caller.has('OPERATOR')) return
  const owner = subsystem && (await ownerOfSystem(client, subsystem))
  if (owner === undefined || !caller.members.includes(owner)) throw new Problem('FORBIDDEN')
}

function parsed(target: string): { subsystem: SubsystemId; service: ServiceId | undefined } {
  try {
    if (target.split('/').length === subsystemSegments) {
      return { subsystem: parseSubsystemId(target), service: undefined }
    }
    const service = parseServiceId(target)
    return { subsystem: providerOf(service), service }
  } catch (error) {
    if (error instanceof IdentifierError) throw flaw()
    throw error
  }
}

function flaw(): Problem {
  return new Problem('UNPROCESSABLE', { errors: [{ pointer: '/target', detail: unknownTarget }] })
}
