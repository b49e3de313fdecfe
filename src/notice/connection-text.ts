import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

/** Of connection cases, and of what is set for all of a domain. */
export function connectionText(kind: string, subject: string, data: NoticeData): BilingualText {
  const object = said(data['object'])
  switch (kind) {
    case 'connection-case.moved':
      return movedText(object, data)
    case 'connection-case.checked':
      return {
        az: `Uyğunluq yoxlaması başa çatıb: ${object}`,
        en: `The conformity check has ended: ${object}`,
      }
    case 'connection-case.opinion':
      return opinionText(object, data)
    case 'connection-case.security-asked':
      return {
        az: `Təhlükəsizlik üzrə rəyiniz tələb olunur: ${object} (${said(data['domain'])})`,
        en: `Your opinion on security is needed: ${object} (${said(data['domain'])})`,
      }
    case 'connection-case.admission-asked':
      return {
        az: `Müsbət rəy verilib, qoşulma barədə qərarınız gözlənilir: ${object} (${said(data['domain'])})`,
        en: `A positive opinion was given; your decision on the connection is waited for: ${object} (${said(data['domain'])})`,
      }
    case 'connection-case.security-opinion':
      return {
        az: `Təhlükəsizlik üzrə ${data['isPositive'] === true ? 'müsbət' : 'mənfi'} rəy verilib: ${object} (${said(data['number'])})`,
        en: `${data['isPositive'] === true ? 'A positive' : 'A negative'} opinion on security was given: ${object} (${said(data['number'])})`,
      }
    case 'connection-profile.changed':
      return {
        az: `${subject} domenində qoşulma qaydası dəyişdirilib`,
        en: `The terms of connection in the domain ${subject} were changed`,
      }
    default:
      return { az: `${kind}: ${subject}`, en: `${kind}: ${subject}` }
  }
}

/** Of what happens to cases beside their steps. */
export function besideText(kind: string, subject: string, data: NoticeData): BilingualText {
  const object = said(data['object'])
  switch (kind) {
    case 'connection-case.archived':
      return {
        az: `Qoşulma işi arxivə verilib, ${object}: ${said(data['reason'])}`,
        en: `Connection case of ${object} archived: ${said(data['reason'])}`,
      }
    case 'connection-case.corrected':
      return {
        az: `Qoşulma işində müraciətə düzəliş edilib: ${object} (${said(data['number'])})`,
        en: `The application of a connection case was put right: ${object} (${said(data['number'])})`,
      }
    case 'connection-case.succeeded':
      return succeededText(subject, data)
    default:
      return { az: `${kind}: ${subject}`, en: `${kind}: ${subject}` }
  }
}

/** What passes to the member that another has merged into. */
function succeededText(
  from: string,
  { into, cases, agreements, rechecks, filings }: NoticeData,
): BilingualText {
  return {
    az: `${from} ${said(into)} ilə birləşib və ona keçib: açıq qoşulma işləri – ${said(cases)}, müqavilələr – ${said(agreements)}, təkrar yoxlamalar – ${said(rechecks)}, müraciət və təkliflər – ${said(filings)}`,
    en: `${from} has merged into ${said(into)}, to which these pass: open connection cases – ${said(cases)}, agreements – ${said(agreements)}, rechecks – ${said(rechecks)}, fault reports and proposals – ${said(filings)}`,
  }
}

function movedText(object: string, { stateAz, stateEn, documents }: NoticeData): BilingualText {
  const papers = documents === undefined || documents === '' ? '' : ` (${said(documents)})`
  return {
    az: `Qoşulma işi, ${object}: ${said(stateAz)}${papers}`,
    en: `Connection case of ${object}: ${said(stateEn)}${papers}`,
  }
}

function opinionText(object: string, { number, digest, isPositive }: NoticeData): BilingualText {
  const paper = `${said(number)}, SHA-256 ${said(digest)}`
  return isPositive === true
    ? {
        az: `Müsbət rəyin nüsxəsi: ${object} (${paper})`,
        en: `Copy of a positive opinion: ${object} (${paper})`,
      }
    : {
        az: `Mənfi rəyin nüsxəsi, məlumat üçün: ${object} (${paper})`,
        en: `Copy of a negative opinion, for information: ${object} (${paper})`,
      }
}
