import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

const nouns: Readonly<Record<string, BilingualText>> = {
  service: { az: 'Xidmət', en: 'The service' },
  resource: { az: 'İnformasiya ehtiyatı', en: 'The information resource' },
  member: { az: 'İştirakçı', en: 'The participant' },
}

const changes = {
  'catalogue.connected': { az: 'qoşulub', en: 'was connected' },
  'catalogue.changed': { az: 'haqqında məlumat dəyişib', en: 'was changed' },
  'catalogue.suspended': { az: 'dayandırılıb', en: 'was suspended' },
  'catalogue.resumed': { az: 'yenidən işə salınıb', en: 'goes on again' },
  'catalogue.ended': { az: 'ləğv edilib', en: 'has ended' },
} as const satisfies Readonly<Record<string, BilingualText>>

/** `noun`: what changed; `az`, `en`: its name; `successor`: what is used in place of it. */
export function catalogueText(
  kind: keyof typeof changes,
  subject: string,
  { noun, az, en, successor }: NoticeData,
): BilingualText {
  const what = nouns[said(noun)] ?? { az: 'Kataloqda qeyd', en: 'The entry' }
  const change = changes[kind]
  const instead =
    successor === undefined
      ? { az: '', en: '' }
      : { az: ` Varisi: ${said(successor)}.`, en: ` Its successor: ${said(successor)}.` }
  const named = (
    name: string | number | boolean | undefined,
    left: string,
    right: string,
  ): string => (name === undefined ? subject : `${left}${said(name)}${right} (${subject})`)
  return {
    az: `Xidmətlər kataloqu. ${what.az} ${change.az}: ${named(az, '«', '»')}.${instead.az}`,
    en: `Service catalogue. ${what.en} ${change.en}: ${named(en, '“', '”')}.${instead.en}`,
  }
}
