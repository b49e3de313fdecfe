import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

const causes: Readonly<Record<string, BilingualText>> = {
  requirements: { az: 'texniki tələblərin yeni versiyası', en: 'new technical requirements' },
  change: { az: 'bəyan edilmiş dəyişiklik', en: 'a declared change' },
  complaint: { az: 'şikayət', en: 'a complaint' },
}

const declaredForOwner: BilingualText = {
  az: 'operatorun sahib əvəzinə bəyan etdiyi dəyişiklik',
  en: 'a change that the operator declared for the owner',
}

function causeOf({ cause, forOwner }: NoticeData): BilingualText {
  if (forOwner === true) return declaredForOwner
  return causes[said(cause)] ?? { az: said(cause), en: said(cause) }
}

/** Texts of notices about rechecks. */
const texts = {
  'recheck.opened': ({ object, until, ...data }) => {
    const { az, en } = causeOf(data)
    if (until === undefined) {
      const isForOwner = data['forOwner'] === true
      return {
        az: `${said(object)}: ${isForOwner ? az : 'bəyan edilmiş dəyişiklik'} yoxlanılır`,
        en: `${said(object)}: ${isForOwner ? en : 'a declared change'} is being checked`,
      }
    }
    return {
      az: `${said(object)} təkrar yoxlanılır. Səbəb: ${az}. ${said(until)} tarixinədək müsbət rəy verilməsə, dayandırılacaq.`,
      en: `${said(object)} is being rechecked. Cause: ${en}. Without a positive opinion by ${said(until)} it will be suspended.`,
    }
  },
  'recheck.due': ({ object, until, days }) => ({
    az: `${said(object)} üzrə təkrar yoxlamanın müddəti ${said(until)} tarixində bitir (qalan gün: ${said(days)}). Müsbət rəy verilməsə, dayandırılacaq.`,
    en: `The recheck of ${said(object)} ends on ${said(until)} (days left: ${said(days)}). Without a positive opinion it will be suspended.`,
  }),
  'recheck.checked': ({ object }) => ({
    az: `${said(object)} üzrə təkrar yoxlama aparılıb; protokola baxmaq olar`,
    en: `${said(object)} was checked once more; the protocol can be read`,
  }),
  'recheck.confirmed': ({ object, number }) =>
    number === undefined
      ? {
          az: `${said(object)} üzrə bəyan edilmiş dəyişiklik qəbul edilib`,
          en: `The declared change of ${said(object)} is accepted`,
        }
      : {
          az: `${said(object)} üzrə təkrar yoxlamada müsbət rəy verilib (${said(number)})`,
          en: `The recheck of ${said(object)} ended with a positive opinion (${said(number)})`,
        },
  'recheck.denied': ({ object, number, until }) => ({
    az: `${said(object)} üzrə təkrar yoxlamada mənfi rəy verilib (${said(number)}). Düzəldilməsə, ${said(until)} tarixində dayandırılacaq.`,
    en: `The recheck of ${said(object)} ended with a negative opinion (${said(number)}). Unless it is put right, it will be suspended on ${said(until)}.`,
  }),
  'recheck.suspended': ({ object }) => ({
    az: `${said(object)} dayandırılıb: təkrar yoxlamanın müddəti bitib, müsbət rəy verilməyib`,
    en: `${said(object)} is suspended: the time of its recheck is over without a positive opinion`,
  }),
  'recheck.refused': ({ object }) => ({
    az: `${said(object)} üzrə bəyan edilmiş dəyişiklik qəbul edilməyib; obyekt əvvəlki kimi qalır`,
    en: `The declared change of ${said(object)} is not accepted; the object stays as it was`,
  }),
  'recheck.withdrawn': ({ object }) => ({
    az: `${said(object)} üzrə bəyan edilmiş dəyişiklik geri götürülüb`,
    en: `The declared change of ${said(object)} was withdrawn`,
  }),
} as const satisfies Readonly<Record<string, (data: NoticeData) => BilingualText>>

export type RecheckNoticeKind = keyof typeof texts

export function recheckText(
  kind: RecheckNoticeKind,
  _subject: string,
  data: NoticeData,
): BilingualText {
  return texts[kind](data)
}
