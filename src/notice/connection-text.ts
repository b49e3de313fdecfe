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
