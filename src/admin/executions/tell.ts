import { dayText } from '../../country-time.js'
import type { Execution } from '../../execution/execution.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { AdminTransaction } from '../admin-database.store.js'

const hourMs = 3_600_000

/** Both sides are told of a deadline, and the founder-administrator of the domain of one that has passed (SC-08). */
export async function tellOfDeadline(
  client: AdminTransaction,
  kind: 'execution.reminder' | 'execution.overdue',
  execution: Execution,
): Promise<void> {
  const { id: subject, domain, caseId, sender, recipient, deadline } = execution
  if (!deadline) return
  // The day itself: it is too late from the first moment behind it.
  const day = dayText(new Date(deadline.getTime() - 1))
  const told = { kind, subject, data: { sender, recipient, caseId, deadline: day } }
  const founder = { domain, ...told }
  await writeNotices(client, [
    ...membersOf(execution).map((member) => ({ member, ...told })),
    ...(kind === 'execution.overdue' ? [founder] : []),
  ])
}

/** The sender is told that its message has not been accepted for so long (SC-07). */
export async function tellOfNoNotice(
  client: AdminTransaction,
  execution: Execution,
  now: Date,
): Promise<void> {
  const { id: subject, senderMember: member, recipient, caseId, receivedAt } = execution
  if (member === undefined || execution.acceptedAt) return
  const hours = Math.floor((now.getTime() - receivedAt.getTime()) / hourMs)
  const isDelivered = execution.deliveredAt !== undefined
  const kind = 'execution.no-notice' as const
  await writeNotices(client, [
    { member, kind, subject, data: { recipient, caseId, hours, isDelivered } },
  ])
}

function membersOf({ senderMember, recipientMember }: Execution): string[] {
  const both = [senderMember, recipientMember].filter((member) => member !== undefined)
  return [...new Set(both)]
}
