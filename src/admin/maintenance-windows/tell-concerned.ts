import { membersConcerned } from '../../maintenance/concerned.store.js'
import type { FiledWindow } from '../../maintenance/filed-window.js'
import { toldAtOnce } from '../../maintenance/limits.js'
import { writeNotices } from '../../notice/notice.store.js'
import type { NoticeData } from '../../notice/said.js'
import type { AdminTransaction } from '../admin-database.store.js'

export type WindowNoticeKind =
  'maintenance.planned' | 'maintenance.changed' | 'maintenance.cancelled' | 'maintenance.ended'

/** Tells whom works concern, and the operator of a participant's, within the transaction of what is told. */
export async function tellConcerned(
  client: AdminTransaction,
  kind: WindowNoticeKind,
  window: FiledWindow,
  { now, noticeHours }: { readonly now: Date; readonly noticeHours: number },
): Promise<void> {
  const notice = { kind, subject: window.id, data: dataOf(window, noticeHours) }
  const members = await membersConcerned(client, window, now)
  for (let at = 0; at < members.length; at += toldAtOnce) {
    const told = members.slice(at, at + toldAtOnce)
    await writeNotices(
      client,
      told.map((member) => ({ ...notice, member })),
    )
  }
  if (window.member !== undefined) await writeNotices(client, [{ ...notice, role: 'OPERATOR' }])
}

function dataOf(window: FiledWindow, noticeHours: number): NoticeData {
  const { subsystem, service, from, until, works, late } = window
  const target = service ?? subsystem
  return {
    ...(target !== undefined && { target }),
    ...{ from: from.toISOString(), until: until.toISOString() },
    ...{ worksAz: works.az, worksEn: works.en },
    ...(late && { lateHours: noticeHours }),
  }
}
