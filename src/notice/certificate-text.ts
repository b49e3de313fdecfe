import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

export function expiryText(
  subject: string,
  { subsystem, notAfter, days }: NoticeData,
): BilingualText {
  const day = said(notAfter).slice(0, 10)
  const left = Number(days)
  return {
    az: `${said(subsystem)} sisteminin sertifikatının (${subject}) müddəti ${day} tarixində bitir, buna ən çoxu ${left} gün qalıb. Vaxtında yenisini alın.`,
    en: `The certificate of ${said(subsystem)} (${subject}) ends on ${day}, within ${left} ${left === 1 ? 'day' : 'days'}. Renew it in time.`,
  }
}

export function certificateRequestText(subject: string, { subsystem }: NoticeData): BilingualText {
  return {
    az: `${said(subsystem)} sistemi üçün sertifikat istənilir: ${subject}`,
    en: `A certificate is asked for ${said(subsystem)}: ${subject}`,
  }
}
