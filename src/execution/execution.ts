import type { ServiceId, SubsystemId } from '../exchange/identifier.js'

/** How far an execution is; the last word of its recipient counts. */
export const executionStates = [
  'received',
  'accepted',
  'registered',
  'forwarded',
  'in-execution',
  'answered',
  'archived',
  'refused',
] as const

export type ExecutionState = (typeof executionStates)[number]

/** What one recipient has to do about one case. */
export interface Execution {
  /** The exchange id of the message that opened it. */
  readonly id: string
  readonly domain: string
  readonly caseId: string
  readonly sender: SubsystemId
  /** The service that the message went to. */
  readonly recipient: ServiceId
  /** The subsystem of that. */
  readonly provider: SubsystemId
  /** Who owns sender and provider now; undefined for one that is not in the registry any more. */
  readonly senderMember: string | undefined
  readonly recipientMember: string | undefined
  /** Messages that opened it: with more than one, the later are copies. */
  readonly copies: number
  /** When the bus had the message. */
  readonly receivedAt: Date
  /** The one that the message named, and the one that counts now. */
  readonly firstDeadline: Date | undefined
  readonly deadline: Date | undefined
  readonly deliveredAt: Date | undefined
  readonly acceptedAt: Date | undefined
  readonly registeredAt: Date | undefined
  readonly forwardedAt: Date | undefined
  readonly inExecutionAt: Date | undefined
  readonly answeredAt: Date | undefined
  readonly archivedAt: Date | undefined
  readonly refusedAt: Date | undefined
  /** Answered, archived or refused, whichever came first; undefined while it is open. */
  readonly endedAt: Date | undefined
}

export function stateOf(execution: Execution): ExecutionState {
  if (execution.archivedAt) return 'archived'
  if (execution.answeredAt) return 'answered'
  if (execution.refusedAt) return 'refused'
  if (execution.inExecutionAt) return 'in-execution'
  if (execution.forwardedAt) return 'forwarded'
  if (execution.registeredAt) return 'registered'
  return execution.acceptedAt ? 'accepted' : 'received'
}

/** Whether its day has passed and it is open. */
export function isOverdue({ deadline, endedAt }: Execution, now: Date): boolean {
  return deadline !== undefined && deadline <= now && endedAt === undefined
}
