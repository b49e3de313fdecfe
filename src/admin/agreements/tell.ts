import { partyOf, type Agreement } from '../../agreement/agreement.js'
import { dayText } from '../../country-time.js'
import type { AgreementNoticeKind } from '../../notice/agreement-text.js'
import { writeNotices, type NewNotice } from '../../notice/notice.store.js'
import type { AdminTransaction } from '../admin-database.store.js'

/** Tells both sides of an agreement what becomes of it, each once, within the transaction of that. */
export async function tellOfAgreement(
  client: AdminTransaction,
  kind: AgreementNoticeKind,
  agreement: Agreement,
  more: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const { id, until, document } = agreement
  const member = partyOf(agreement)
  const notice = {
    ...{ kind, subject: id },
    data: {
      ...{ member, until: dayText(until), ...more },
      ...(document && { number: document.number }),
    },
  }
  const notices: NewNotice[] = [
    { ...notice, member, once: `${kind} ${id}` },
    { ...notice, role: 'OPERATOR', once: `${kind} ${id} OPERATOR` },
  ]
  await writeNotices(client, notices)
}
