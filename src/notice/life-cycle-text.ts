import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

const lifeCycleWords: Readonly<Record<string, BilingualText>> = {
  'owner-change': { az: 'mülkiyyətçinin dəyişməsi', en: 'change of owner' },
  merger: { az: 'birləşmə', en: 'merger' },
  liquidation: { az: 'ləğv', en: 'liquidation' },
}

/** `target`: the new owner, or who goes on in its place. */
export function lifeCycleText(
  kind: string,
  subject: string,
  { event, day, target }: NoticeData,
): BilingualText {
  const what = lifeCycleWords[said(event)] ?? { az: said(event), en: said(event) }
  const next =
    target === undefined
      ? { az: '', en: '' }
      : { az: `; davamçı: ${said(target)}`, en: `; who goes on: ${said(target)}` }
  switch (kind) {
    case 'life-cycle.done':
      return {
        az: `Baş verdi: ${what.az}, ${subject}${next.az}`,
        en: `Done: ${what.en} of ${subject}${next.en}`,
      }
    case 'life-cycle.cancelled':
      return {
        az: `Ləğv edildi: ${what.az}, ${subject}`,
        en: `Called off: ${what.en} of ${subject}`,
      }
    default:
      return {
        az: `${said(day)} tarixinə planlaşdırılıb: ${what.az}, ${subject}${next.az}`,
        en: `Planned for ${said(day)}: ${what.en} of ${subject}${next.en}`,
      }
  }
}
