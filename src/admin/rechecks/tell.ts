import { dayText } from '../../country-time.js'
import type { SubsystemId, ServiceId } from '../../exchange/identifier.js'
import { providerOf } from '../../exchange/identifier.js'
import { membersConcerned } from '../../maintenance/concerned.store.js'
import { toldAtOnce } from '../../maintenance/limits.js'
import type { NoticeData } from '../../notice/said.js'
import type { RecheckNoticeKind } from '../../notice/recheck-text.js'
import { writeNotices, type NewNotice } from '../../notice/notice.store.js'
import type { Recheck } from '../../recheck/recheck.js'
import type { AdminTransaction } from '../admin-database.store.js'

/** Tells owner and operator what becomes of a recheck, within the transaction of that. */
export async function tellOfRecheck(
  client: AdminTransaction,
  kind: RecheckNoticeKind,
  recheck: Recheck,
  more: NoticeData = {},
): Promise<void> {
  const told = noticeOf(kind, recheck, more)
  await writeNotices(client, [
    { member: recheck.member, ...told },
    { role: 'OPERATOR', ...told },
  ])
}

/** Those whose systems have a right to what is, or would be, suspended. */
export async function tellConsumers(
  client: AdminTransaction,
  kind: RecheckNoticeKind,
  recheck: Recheck,
  now: Date,
  more: NoticeData = {},
): Promise<void> {
  const { kind: objectKind, object, member } = recheck
  if (objectKind === 'resource') return
  const isService = objectKind === 'service'
  const target = {
    subsystem: isService ? providerOf(object as ServiceId) : (object as SubsystemId),
    service: isService ? (object as ServiceId) : undefined,
    until: now,
  }
  const members = (await membersConcerned(client, target, now)).filter((each) => each !== member)
  const told = noticeOf(kind, recheck, more)
  for (let at = 0; at < members.length; at += toldAtOnce) {
    const some = members.slice(at, at + toldAtOnce)
    await writeNotices(
      client,
      some.map((each) => ({ member: each, ...told })),
    )
  }
}

function noticeOf(
  kind: RecheckNoticeKind,
  { id, object, cause, until }: Recheck,
  more: NoticeData,
): Pick<NewNotice, 'kind' | 'subject' | 'data'> {
  const day = until && { until: dayText(until) }
  return { kind, subject: id, data: { object, cause, ...day, ...more } }
}
