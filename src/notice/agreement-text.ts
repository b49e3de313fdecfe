import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

/** Texts of notices about agreements and rules of use. */
const texts = {
  'agreement.drafted': (subject, { member }) => ({
    az: `${said(member)} ilə müqavilə layihəsi təsdiq gözləyir (${subject})`,
    en: `A draft agreement with ${said(member)} waits to be accepted (${subject})`,
  }),
  'agreement.concluded': (_subject, { member, number, until }) => ({
    az: `${said(member)} ilə ${said(number)} nömrəli müqavilə bağlanıb; ${said(until)} tarixinədək qüvvədədir`,
    en: `Agreement ${said(number)} with ${said(member)} is concluded; it is in force until ${said(until)}`,
  }),
  'agreement.withdrawn': (subject, { member }) => ({
    az: `${said(member)} ilə müqavilə layihəsi geri götürülüb (${subject})`,
    en: `The draft agreement with ${said(member)} was withdrawn (${subject})`,
  }),
  'agreement.ends': (_subject, { member, number, until }) => ({
    az: `${said(member)} ilə ${said(number)} nömrəli müqavilənin müddəti ${said(until)} tarixində bitir. Yenilənməsə, qoşulmuş sistemlər və xidmətlər dayandırılacaq.`,
    en: `Agreement ${said(number)} with ${said(member)} ends on ${said(until)}. Unless it is renewed, what is connected will be suspended.`,
  }),
  'agreement.ended': (_subject, { member, number, objects }) => ({
    az: `${said(member)} ilə ${said(number)} nömrəli müqavilənin müddəti bitib. Dayandırılan obyektlərin sayı: ${said(objects)}`,
    en: `Agreement ${said(number)} with ${said(member)} has ended. Suspended objects: ${said(objects)}`,
  }),
  'rules.published': (subject, { from }) => ({
    az: `İstifadə qaydalarının ${subject}-ci versiyası dərc olunub və ${said(from)} tarixindən qüvvəyə minir. Tanış olduğunuzu təsdiq edin.`,
    en: `Version ${subject} of the rules of use is published and in force from ${said(from)}. Acknowledge that you know them.`,
  }),
  'rules.reminder': (subject) => ({
    az: `İstifadə qaydalarının ${subject}-ci versiyası ilə tanışlıq hələ təsdiq edilməyib`,
    en: `Version ${subject} of the rules of use is not acknowledged yet`,
  }),
} as const satisfies Readonly<Record<string, (subject: string, data: NoticeData) => BilingualText>>

export type AgreementNoticeKind = keyof typeof texts

export function isAgreementNotice(kind: string): kind is AgreementNoticeKind {
  return Object.hasOwn(texts, kind)
}

export function agreementText(
  kind: AgreementNoticeKind,
  subject: string,
  data: NoticeData,
): BilingualText {
  return texts[kind](subject, data)
}
