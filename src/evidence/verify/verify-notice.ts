import { z } from 'zod'
import type { EntryFields } from '../../message-log/entry.js'
import { printable } from '../../printable.js'
import { attempted } from './attempted.js'
import type { Believed } from './believed.js'
import { rulesOf } from './container-signers.js'
import { noticedBy, noticedElsewhere, noticeOfOther } from './message-texts.js'
import { readMqNotice } from './mq-signature.js'
import type { ReadHalf, ReadMessage } from './read-halves.js'
import type { Findings } from './report.js'
import { tellOfCertificate } from './tell-of-certificate.js'

/** What a recipient said of a one-way message. */
export function verifyNotice(
  { fields, message }: ReadHalf,
  at: Date,
  believed: Believed,
  findings: Findings,
): void {
  if (!message) return
  const step = 'reply-signature'
  const provider = printable(fields.provider ?? '')
  if (message.head.length === 0) {
    verifyNoted({ fields, message }, provider, findings)
    return
  }
  const rules = rulesOf(
    believed.certificates,
    fields.provider ?? '',
    new Date(fields.receivedAt ?? fields.recordedAt),
  )
  const notice = attempted(() => readMqNotice(message, rules), step, message, findings)
  if (!notice) return
  const { thumbprint } = notice.signer
  const certificate = believed.certificates.get(thumbprint)
  const name = printable(certificate?.subject.text ?? thumbprint)
  const isOfNotice =
    thumbprint === fields.providerCertificate &&
    notice.exchangeId === fields.noticeOf &&
    notice.code === fields.outcome
  if (!certificate || !isOfNotice) {
    findings.isFalse(step, noticeOfOther(name), message.headFile)
    return
  }
  const text = noticedBy(provider, name, notice.code, notice.exchangeId)
  findings.proved(step, text, message.payloadFile)
  tellOfCertificate(certificate, at, 'reply-certificate', believed, findings)
}

/** A notice that came with a request of its recipient: signed was that, and the log notes here what it said (`noticeMessage`). */
function verifyNoted(
  { fields, message }: { readonly fields: EntryFields; readonly message: ReadMessage },
  provider: string,
  findings: Findings,
): void {
  const step = 'reply-signature'
  const noted = notedNotice.safeParse(parsed(message.payload))
  const { exchangeId, notice, via } = noted.data ?? {}
  if (exchangeId !== fields.noticeOf || notice !== fields.outcome || fields.providerCertificate) {
    findings.isFalse(step, noticeOfOther(provider), message.payloadFile)
  } else {
    findings.note(step, noticedElsewhere(provider, via), message.payloadFile)
  }
}

const notedNotice = z.object({
  exchangeId: z.string(),
  notice: z.string(),
  via: z.string().optional(),
})

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString()) as unknown
  } catch {
    return undefined
  }
}
