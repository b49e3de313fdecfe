import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

/** Texts of notices about the execution of documents and appeals; the subject is the message's exchange id. */
const texts = {
  'execution.reminder': (subject, { sender, recipient, deadline }) => ({
    az: `İcra müddəti ${said(deadline)} tarixində bitir: ${said(sender)} → ${said(recipient)} (${subject}). Cavab hələ göndərilməyib.`,
    en: `The deadline is ${said(deadline)}: ${said(sender)} → ${said(recipient)} (${subject}). There is no answer yet.`,
  }),
  'execution.overdue': (subject, { sender, recipient, deadline }) => ({
    az: `İcra müddəti keçib (${said(deadline)}), cavab göndərilməyib: ${said(sender)} → ${said(recipient)} (${subject}).`,
    en: `The deadline has passed (${said(deadline)}) without an answer: ${said(sender)} → ${said(recipient)} (${subject}).`,
  }),
  'execution.no-notice': (subject, { recipient, hours, isDelivered }) =>
    isDelivered === true
      ? {
          az: `${said(recipient)} ${said(hours)} saat ərzində mesajı qəbul etməyib (${subject}). Mesaj onun növbəsinə çatdırılıb.`,
          en: `${said(recipient)} has not accepted the message within ${said(hours)} hours (${subject}). It was delivered to its queue.`,
        }
      : {
          az: `Mesaj ${said(hours)} saat ərzində çatdırılmayıb: ${said(recipient)} (${subject}). Çatdırılma cəhdləri davam edir.`,
          en: `The message has not been delivered within ${said(hours)} hours: ${said(recipient)} (${subject}). Delivery is still tried.`,
        },
} as const satisfies Readonly<Record<string, (subject: string, data: NoticeData) => BilingualText>>

export type ExecutionNoticeKind = keyof typeof texts

export function executionText(
  kind: ExecutionNoticeKind,
  subject: string,
  data: NoticeData,
): BilingualText {
  return texts[kind](subject, data)
}
