import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

/** `holder`: the resource that holds the same a second time; `object`: what it holds. */
export function resourceText(
  kind: 'resource.registered' | 'resource.changed' | 'resource.duplicate',
  subject: string,
  { holder, object, reason }: NoticeData,
): BilingualText {
  switch (kind) {
    case 'resource.registered':
      return {
        az: `İnformasiya ehtiyatı reyestrə daxil edilib: ${subject}`,
        en: `An information resource was registered: ${subject}`,
      }
    case 'resource.changed':
      return {
        az: `İnformasiya ehtiyatı haqqında məlumat dəyişdirilib: ${subject}`,
        en: `The entry of an information resource was changed: ${subject}`,
      }
    case 'resource.duplicate':
      return {
        az: `«${said(object)}» məlumat obyekti (ilkin mənbə: ${subject}) ${said(holder)} ehtiyatında təkrarlanır. Səbəb: ${said(reason)}`,
        en: `The data object “${said(object)}” (source of truth: ${subject}) is held a second time by ${said(holder)}. Reason: ${said(reason)}`,
      }
  }
}
