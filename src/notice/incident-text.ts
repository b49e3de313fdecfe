import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

/**
 * What is said of an incident.
 * @param data - `whatAz` and `whatEn`: what fails; `startedAt`, `endedAt`; `closingAz`, `closingEn`: why it was; `decision`
 */
export function incidentText(kind: string, data: NoticeData): BilingualText {
  const az = said(data['whatAz'] ?? data['whatEn'])
  const en = said(data['whatEn'] ?? data['whatAz'])
  const since = momentOf(data['startedAt'])
  switch (kind) {
    case 'incident.closed':
      return closedText(data, az, en)
    case 'incident.decision':
      return {
        az: `Qəza hələ aradan qaldırılmayıb: ${az}. Başlama vaxtı: ${since}. Ehtiyat mərkəzinin işə salınması barədə qərar verilməlidir.`,
        en: `The failure is not removed yet: ${en}, since ${since}. Decide whether the reserve centre takes over.`,
      }
    case 'incident.decided':
      return data['decision'] === 'take-over'
        ? {
            az: `Qəzaya görə ehtiyat mərkəzi işə salınır: ${az}. Başlama vaxtı: ${since}.`,
            en: `The reserve centre takes over because of a failure: ${en}, since ${since}.`,
          }
        : {
            az: `Qəzaya görə ehtiyat mərkəzi işə salınmır: ${az}. Başlama vaxtı: ${since}.`,
            en: `The reserve centre does not take over because of this failure: ${en}, since ${since}.`,
          }
    default:
      return {
        az: `Qəza: ${az}. Başlama vaxtı: ${since}. Aradan qaldırılmasına başlanılıb.`,
        en: `Failure: ${en}, since ${since}. Its removal has begun.`,
      }
  }
}

function closedText(data: NoticeData, az: string, en: string): BilingualText {
  const since = momentOf(data['startedAt'])
  const until = momentOf(data['endedAt'])
  const length = lengthOf(data['startedAt'], data['endedAt'])
  const why = (text: string | number | boolean | undefined): string =>
    text === undefined ? '' : ` ${said(text)}.`
  return {
    az: `Qəza aradan qaldırılıb. Səbəb: ${az}.${why(data['closingAz'])} Müddət: ${length.az} (${since} – ${until}).`,
    en: `The failure is removed. Cause: ${en}.${why(data['closingEn'])} Length: ${length.en} (${since} – ${until}).`,
  }
}

function momentOf(value: NoticeData[string] | undefined): string {
  return `${said(value).slice(0, 19).replace('T', ' ')} UTC`
}

function lengthOf(
  from: NoticeData[string] | undefined,
  until: NoticeData[string] | undefined,
): BilingualText {
  const seconds = Math.round((Date.parse(said(until)) - Date.parse(said(from))) / 1_000)
  if (!Number.isFinite(seconds)) return { az: '?', en: '?' }
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const parts = [
    { count: hours, az: 'saat', en: 'h' },
    { count: minutes, az: 'dəqiqə', en: 'min' },
    { count: seconds % 60, az: 'saniyə', en: 's' },
  ].filter(({ count }) => count > 0)
  if (parts.length === 0) return { az: '0 saniyə', en: '0 s' }
  return {
    az: parts.map(({ count, az }) => `${count} ${az}`).join(' '),
    en: parts.map(({ count, en }) => `${count} ${en}`).join(' '),
  }
}
